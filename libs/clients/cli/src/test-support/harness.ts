import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectMemory } from '@codeoptima/memory';
import { fleetPort } from '../client/fleet-port.ts';
import { connectPlanner } from '../client/planner.ts';
import type { CliContext, InterruptSignal } from '../context.ts';
import { ScriptedPlanner } from './scripted-planner.ts';

/** Files of a repository by path; committed as given. */
export type Tree = Readonly<Record<string, string>>;

export const PACKAGE: Tree = { 'package.json': '{"name": "p", "version": "1.0.0"}\n', 'index.js': 'export const f = () => 1;\n' };

export class Harness {
  readonly dir = mkdtempSync(join(tmpdir(), 'codeoptima-cli-'));
  readonly data_dir = join(this.dir, 'data');
  readonly artifacts = new Map<string, string>();
  readonly fleetCalls: string[] = [];
  out = '';
  err = '';
  code = 0;
  now_ms = 1_700_000_060_000;
  has_sandbox = true;
  planner: ScriptedPlanner | null = null;
  memory_address: string | null = null;
  onFleetStart: () => void = () => undefined;
  #handlers = new Set<(signal: InterruptSignal) => void>();

  context(): CliContext {
    const wait = (ms: number): Promise<void> => sleep(ms);
    const control = {
      start: async () => {
        this.fleetCalls.push('start');
        this.onFleetStart();
        return { started: true };
      },
      stop: async () => {
        this.fleetCalls.push('stop');
        return { stopped: true };
      },
      status: async () => [],
    };
    return {
      cwd: this.dir,
      env: { data_dir: this.data_dir, no_color: true, user: 'tester', can_redraw: false, from_checkout: false },
      now: () => this.now_ms,
      out: (text) => void (this.out += text),
      err: (text) => void (this.err += text),
      is_tty: false,
      columns: () => 120,
      confirm: async () => false,
      sleep: wait,
      onSignal: (handler) => {
        this.#handlers.add(handler);
        return () => this.#handlers.delete(handler);
      },
      sandbox: async () => ({ available: this.has_sandbox, reason: 'The program bwrap is missing.' }),
      fleet: fleetPort(control, process.pid, wait),
      connect: async () => connectPlanner(this.planner?.address ?? 'unix:/nowhere'),
      artifacts: () => ({
        read: async (ref) => {
          const text = this.artifacts.get(ref);
          if (text === undefined) throw new Error(`no artifact ${ref}`);
          return Buffer.from(text);
        },
      }),
      memory: (_data_dir, project, role = 'cli') =>
        connectMemory({ address: this.memory_address ?? `unix:${join(this.dir, 'nowhere')}`, project, role }),
      exit: (code) => void (this.code = code),
    };
  }

  async startPlanner(): Promise<ScriptedPlanner> {
    this.planner = await ScriptedPlanner.start(this.dir);
    return this.planner;
  }

  signal(signal: InterruptSignal): void {
    for (const handler of this.#handlers) handler(signal);
  }

  /** Whether a command waits for a signal now. */
  listens(): boolean {
    return this.#handlers.size > 0;
  }

  /** Makes a git repository; `null` leaves it without a commit. */
  repository(name: string, tree: Tree | null): string {
    const root = join(this.dir, name);
    mkdirSync(root, { recursive: true });
    this.git(root, 'init', '-q', '-b', 'main');
    if (tree === null) return root;
    for (const [path, text] of Object.entries(tree)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    this.git(root, 'add', '-A');
    this.git(root, 'commit', '-q', '--allow-empty', '-m', 'first');
    return root;
  }

  git(root: string, ...args: string[]): string {
    const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.invalid', '-c', 'commit.gpgsign=false'];
    return execFileSync('git', [...identity, ...args], { cwd: root, encoding: 'utf8' }).trim();
  }

  /** Waits until a condition holds; the test's own time limit ends a wait that never does. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await sleep(10);
  }

  async close(): Promise<void> {
    await this.planner?.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
