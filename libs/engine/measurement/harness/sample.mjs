// One sample: a fresh process that loads one version of the library, warms up, times batches of one workload and reports.
// The request comes on standard input, the answer goes to a file opened before any foreign code runs, signed with a key
// that only this module holds: nothing the measured code prints or writes can pass for an answer.
import { canonical } from './canonical.mjs';
import { hide, load, start } from './loading.mjs';
import { allocatedPerOperation } from './memory.mjs';
import * as p from './primordials.mjs';

const MINIMUM_BATCH_CPU_NS = 1.5e7;
const ITERATIONS_MAX = 1e7;
/** Longest warm-up by the wall, in terms of the wanted one: for code that may wait, and for code that only computes. */
const WAITING_FACTOR = 4;
const BUSY_FACTOR = 20;
let sink;
/** Whether an operation ever gave a promise: only then can time pass without work of its own. */
let asynchronous = false;

const thenable = (value) => typeof value === 'object' && value !== null && typeof value.then === 'function';

/** Runs `fn` n times and what it left due; nanoseconds of wall and CPU time of the whole batch, and of this thread's own. */
async function timed(fn, n) {
  const cpu = p.cpuNow();
  const thread = p.threadNow();
  const wall = p.wallNow();
  for (let i = 0; i < n; i++) {
    const result = fn();
    if (thenable(result)) {
      asynchronous = true;
      await result;
    }
    sink = result;
  }
  await p.turn();
  return { wall: p.wallNow() - wall, thread: p.threadNow() - thread, cpu: p.cpuNow() - cpu };
}

/** The value to compare; where the operation itself is the check, what it gave last, so that a long one is not run again for it. */
async function checkOf(check, fn) {
  const value = await (check === fn ? sink : typeof check === 'function' ? check() : check);
  return canonical(value);
}

/** Code counts as settled when so much CPU time brought no batch that was this much faster than the best one before. */
const SETTLED_CPU_NS = 4e8;
const FASTER = 0.98;

/**
 * Runs for at least `warmup_ms` of CPU time, the first operation included, since on a busy machine the wall clock passes without the code
 * getting warm; code that may wait is done after four times as long by the wall. With `settle_ms` it goes on, at most so long, until the
 * operation gets no faster: much code is compiled for a second and more, and batches taken meanwhile measure the compiler.
 * The number of operations that make a batch of `batch_cpu_ms`, and the CPU time after which the operation got no faster.
 */
async function warmUp(fn, request, first) {
  const wanted = request.warmup_ms * 1e6;
  const settle = request.settle_ms * 1e6;
  if (settle === 0 && first.cpu >= wanted) return { calibrated: 1, settled_cpu_ns: first.cpu };
  const began = p.wallNow();
  const cpu = p.cpuNow();
  const longest = (asynchronous ? WAITING_FACTOR : BUSY_FACTOR) * Math.max(wanted, settle);
  let n = request.iterations > 0 ? Math.max(1, Math.min(request.iterations, 64)) : 1;
  let last = { wall: 0, cpu: 0 };
  let best = first.cpu;
  let settled_cpu_ns = first.cpu;
  let own = 0;
  do {
    last = await timed(fn, n);
    own = p.cpuNow() - cpu;
    if (last.cpu / n < FASTER * best) {
      best = last.cpu / n;
      settled_cpu_ns = first.cpu + own;
    }
    if (last.cpu < MINIMUM_BATCH_CPU_NS && !(asynchronous && last.wall >= MINIMUM_BATCH_CPU_NS)) n = Math.min(n * 2, ITERATIONS_MAX);
  } while (
    (first.cpu + own < wanted || (own < settle && first.cpu + own < settled_cpu_ns + SETTLED_CPU_NS)) &&
    p.wallNow() - began < longest
  );
  // Waiting counts half: an operation that mostly waits would otherwise be repeated for minutes.
  const spent = Math.max(last.cpu, asynchronous ? last.wall / 2 : 0, 1);
  const calibrated = Math.max(1, Math.min(ITERATIONS_MAX, Math.round((n * request.batch_cpu_ms * 1e6) / spent)));
  return { calibrated, settled_cpu_ns };
}

async function measure(request, collect) {
  const cpuAtStart = p.cpuNow();
  const loaded = await load(request);
  const load_cpu_ns = p.cpuNow() - cpuAtStart;
  const made = await start(loaded, request.size);
  const setup_cpu_ns = p.cpuNow() - cpuAtStart - load_cpu_ns;
  const { fn, check } = made;
  const first = await timed(fn, 1);
  const cold = await checkOf(check, fn);
  const { calibrated, settled_cpu_ns } = await warmUp(fn, request, first);
  const iterations = request.iterations > 0 ? request.iterations : calibrated;
  const batches = request.batches;
  const cpu_ns = [];
  const thread_ns = [];
  const wall_ns = [];
  for (let i = 0; i < batches; i++) {
    collect();
    const spent = await timed(fn, iterations);
    cpu_ns[i] = spent.cpu / iterations;
    thread_ns[i] = spent.thread / iterations;
    wall_ns[i] = spent.wall / iterations;
  }
  const warm = await checkOf(check, fn);
  const peak_rss_bytes = peakResident();
  const allocated_bytes_per_op = request.memory ? await allocatedPerOperation((n) => timed(fn, n), iterations) : null;
  return {
    iterations,
    calibrated_iterations: calibrated,
    settled_cpu_ns,
    cpu_ns,
    thread_ns,
    wall_ns,
    load_cpu_ns,
    setup_cpu_ns,
    first_op_cpu_ns: first.cpu,
    check_cold: cold.sha256,
    check_warm: warm.sha256,
    check_preview: warm.preview,
    peak_rss_bytes,
    allocated_bytes_per_op,
    sizes: loaded.sizes,
    asynchronous,
    patched: p.patched(),
  };
}

/** High-water mark of this process's resident memory, which unlike getrusage does not inherit the parent's. */
function peakResident() {
  const found = /^VmHWM:\s+(\d+)/m.exec(p.readFileSync('/proc/self/status', 'utf8'));
  return found ? 1024 * Number(found[1]) : 0;
}

const request = p.parse(p.readInput());
const answer = p.openSync(request.answer_path, 'wx', 0o600);
const collect = hide();
let body;
try {
  body = { ok: true, sample: await measure(request, collect) };
} catch (error) {
  body = { ok: false, message: error instanceof Error ? error.message : 'something that is no error was thrown' };
}
const text = p.stringify(body);
p.writeSync(answer, `${p.sign(request.key, text)}\n${text}`);
p.closeSync(answer);
if (sink === p) p.leave(2);
p.leave(0);
