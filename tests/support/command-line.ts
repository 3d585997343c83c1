import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { RunOutput } from '@codeoptima/contracts';

const ROOT = resolve(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'libs/clients/cli/src/main.ts');

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A command of ours that runs. */
export interface Running {
  child: ChildProcess;
  ended: Promise<Ended>;
  /** Waits until it has said something on stderr; fails with all it said when it ends before. */
  said: (pattern: RegExp) => Promise<void>;
}

/** The `codeoptima` command on a throw-away data directory, whose name asks for care. */
export class CommandLine {
  readonly folder: string;
  readonly data_dir: string;
  /** The system's folder for temporary files, as the command and the fleet see it. */
  readonly temporary: string;
  readonly #env: Record<string, string>;

  constructor(options: { env?: Record<string, string>; data_dir?: string; name?: string } = {}) {
    this.folder = mkdtempSync(join(tmpdir(), 'codeoptima-e2e-'));
    this.data_dir = options.data_dir ?? join(this.folder, options.name ?? 'données test');
    this.temporary = join(this.folder, 'tmp');
    mkdirSync(this.temporary);
    this.#env = options.env ?? {};
  }

  /** `npm start -- ARGS` as a terminal starts it: in a process group of its own, which a Ctrl-C reaches as a whole. */
  npmStart(args: readonly string[]): Running {
    return this.#spawn('npm', ['start', '--', ...args], { cwd: ROOT, detached: true });
  }

  start(args: readonly string[], options: { cwd?: string } = {}): Running {
    return this.#spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args], { cwd: options.cwd ?? this.folder });
  }

  #spawn(command: string, args: readonly string[], options: { cwd: string; detached?: boolean }): Running {
    const env = { ...process.env, CODEOPTIMA_DATA_DIR: this.data_dir, TMPDIR: this.temporary, USER: 'ada', NO_COLOR: '1', ...this.#env };
    const child = spawn(command, args, {
      ...options,
      env: Object.fromEntries(Object.entries(env).filter(([name]) => name !== 'NODE_TEST_CONTEXT')),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    let waiting: { pattern: RegExp; settle: (error?: Error) => void }[] = [];
    const look = (isOver: boolean): void => {
      waiting = waiting.filter(({ pattern, settle }) => {
        if (pattern.test(stderr)) settle();
        else if (isOver) settle(new Error(`ended before it said ${pattern}:\n${stderr}${stdout}`));
        else return true;
        return false;
      });
    };
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      look(false);
    });
    const ended = new Promise<Ended>((fulfil, fail) => {
      child.once('error', fail);
      child.once('close', (code, signal) => {
        look(true);
        fulfil({ code, signal, stdout, stderr });
      });
    });
    const said = (pattern: RegExp): Promise<void> =>
      new Promise((fulfil, fail) => {
        waiting.push({ pattern, settle: (error) => (error ? fail(error) : fulfil()) });
        look(child.exitCode !== null || child.signalCode !== null);
      });
    return { child, ended, said };
  }

  run(args: readonly string[], options: { cwd?: string } = {}): Promise<Ended> {
    return this.start(args, options).ended;
  }

  /** Runs a command with `--json` and gives its last stdout line; throws with all it said when its exit code is another one. */
  async json(args: readonly string[], expected_code = 0): Promise<unknown> {
    const ended = await this.run([...args, '--json']);
    if (ended.code !== expected_code)
      throw new Error(`codeoptima ${args.join(' ')} ended with ${ended.code}:\n${ended.stderr}${ended.stdout}`);
    return lastLine(ended);
  }

  /** Every process of the fleet by name, as its supervisor knows them; without a command, which would take a second. */
  processes(): Record<string, number> {
    interface Member {
      name: string;
      process: { pid: number } | null;
    }
    const text = readFileSync(join(this.data_dir, 'fleet.json'), 'utf8');
    const state = JSON.parse(text) as { supervisor: { pid: number }; stores: Member[]; services: Member[]; memory: Member[] };
    const members = [...state.stores, ...state.services, ...state.memory].flatMap(({ name, process }) =>
      process ? [[name, process.pid] as const] : [],
    );
    return Object.fromEntries([['supervisor', state.supervisor.pid], ...members]);
  }

  /** Stops the fleet and deletes everything. */
  async remove(): Promise<void> {
    await this.run(['down']);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

const lastLine = ({ stdout }: Ended): unknown => JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');

/** What `run --json` printed last. */
export const outputOf = (ended: Ended): RunOutput => {
  try {
    return RunOutput.parse(lastLine(ended));
  } catch (cause) {
    throw new Error(`no result on stdout (exit code ${ended.code}):\n${ended.stderr}${ended.stdout}`, { cause });
  }
};
