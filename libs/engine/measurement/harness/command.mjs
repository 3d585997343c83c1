// One sample of a shell command, measured as whole processes: how long it takes from its start to its end, with all its children. The shell
// tells their CPU time (getrusage(2), RUSAGE_CHILDREN), which Node does not give. Request and answer are those of sample.mjs.
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import * as p from './primordials.mjs';

/** The shell tells milliseconds: a batch this long is read to within one percent. */
const BATCH_CPU_MS = 100;
/** A command that takes long is repeated less. */
const LONG_CPU_NS = 1.5e8;
const LONG_BATCHES = 3;
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;
const FAILED = 97;

const REPEAT = `TIMEFORMAT='%3U %3S %3R'
time for ((i = 0; i < $CODEOPTIMA_TIMES; i++)); do sh -c "$CODEOPTIMA_COMMAND" </dev/null >/dev/null 2>&1 || exit ${FAILED}; done`;

/** Runs the command n times; nanoseconds of wall and CPU time of all. */
function timed(command, n) {
  const env = { ...process.env, LC_ALL: 'C', CODEOPTIMA_COMMAND: command, CODEOPTIMA_TIMES: String(n) };
  const { status, stderr } = spawnSync('bash', ['-c', REPEAT], { env, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
  if (status === FAILED) throw new Error('the command failed');
  const [user, system, real] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  if (status !== 0 || !(real > 0)) throw new Error(`the command could not be timed: ${stderr.trim().slice(-200)}`);
  return { cpu: 1e9 * (user + system), wall: 1e9 * real };
}

/** What the command prints is its check value. */
function check(command) {
  const { status, signal, stdout } = spawnSync('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: OUTPUT_BYTES_MAX });
  if (status !== 0) throw new Error(`the command ended with ${status ?? signal}`);
  const hash = p.newHash();
  p.feed(hash, stdout);
  return { sha256: p.digest(hash), preview: stdout.toString('utf8', 0, 200) };
}

function measure({ command, iterations: wanted, batches, batch_cpu_ms }) {
  const cold = check(command);
  const first = timed(command, 1);
  const per_run = Math.max(first.cpu, 1e6);
  const calibrated = Math.max(1, Math.ceil((1e6 * Math.max(batch_cpu_ms, BATCH_CPU_MS)) / per_run));
  const iterations = wanted > 0 ? wanted : calibrated;
  const cpu_ns = [];
  const wall_ns = [];
  for (let i = 0; i < (per_run > LONG_CPU_NS ? Math.min(batches, LONG_BATCHES) : batches); i++) {
    const spent = timed(command, iterations);
    cpu_ns.push(spent.cpu / iterations);
    wall_ns.push(spent.wall / iterations);
  }
  const warm = check(command);
  return {
    iterations,
    calibrated_iterations: calibrated,
    settled_cpu_ns: 0,
    cpu_ns,
    wall_ns,
    // A whole process has nothing outside what is measured.
    load_cpu_ns: 0,
    setup_cpu_ns: 0,
    first_op_cpu_ns: 0,
    check_cold: cold.sha256,
    check_warm: warm.sha256,
    check_preview: warm.preview,
    peak_rss_bytes: 0,
    allocated_bytes_per_op: null,
    sizes: null,
    asynchronous: false,
    patched: { critical: [], others: [] },
  };
}

const request = p.parse(p.readInput());
const answer = p.openSync(request.answer_path, 'wx', 0o600);
let body;
try {
  body = { ok: true, sample: measure(request) };
} catch (error) {
  body = { ok: false, message: error instanceof Error ? error.message : 'something that is no error was thrown' };
}
const text = p.stringify(body);
p.writeSync(answer, `${p.sign(request.key, text)}\n${text}`);
p.closeSync(answer);
p.leave(0);
