import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { run as runSandboxed, type SandboxResult, type SandboxSpec } from '@codeoptima/sandbox';
import { z } from 'zod';
import { layOut } from './layout.ts';
import type { Pacer } from './pacer.ts';
import { newKey, readSignedAnswer, type SignedAnswer } from './signed-answer.ts';
import type { MeasuredWorkload } from './workload.ts';

export interface HarnessOptions {
  workload: MeasuredWorkload;
  /** Module handed to `setup`, relative to the tree's root (see `entryFor`); null hands over an empty object. */
  entry: string | null;
  cpu: number | null;
  unsafe_no_sandbox?: boolean;
  memory_bytes?: number;
  /** Gives processes their core in turns; null or left out lets them run as they come. */
  pacer?: Pacer | null;
  run?: (spec: SandboxSpec) => Promise<SandboxResult>;
}

export interface HarnessCall {
  /** File in the harness folder. */
  script: 'sample.mjs' | 'command.mjs' | 'count.mjs' | 'profile.mjs';
  /** Fields of the request beside the places, which are filled in. */
  request: Readonly<Record<string, unknown>>;
  flags: readonly string[];
  /** Put before `node`, such as an instrumenting program. */
  prefix?: readonly string[];
  timeout_ms: number;
  /** False for what reads the wall clock: it waits for a core at its usual speed, but is not stood still any more. */
  paced?: boolean;
  /** Looks into the folder of the answer before it is removed. */
  collect?: (answer_dir: string) => Promise<void>;
}

/**
 * workload_failed: library or workload threw; timed_out, crashed: the process; tampered: the answer was forged or timers were patched.
 */
export type FailureKind = 'workload_failed' | 'timed_out' | 'crashed' | 'tampered';
export type HarnessOutcome = { ok: true; value: unknown } | { ok: false; kind: FailureKind; message: string };

const MIB = 1024 * 1024;
/** Node refuses these in type-stripping mode only; the transforming mode takes them. */
const NEEDS_TRANSFORM = /strip-only mode|ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX/;
const Failed = z.object({ ok: z.literal(false), message: z.string() });

/** Runs one of the harness programs on a tree, each time in a fresh sandboxed process. Dispose it to remove its files. */
export class Harness implements AsyncDisposable {
  readonly #options: HarnessOptions;
  readonly #dir: string;
  readonly #file: string;
  #transform = false;

  private constructor(options: HarnessOptions, dir: string, file: string) {
    this.#options = options;
    this.#dir = dir;
    this.#file = file;
  }

  static async create(options: HarnessOptions): Promise<Harness> {
    const dir = await mkdtemp(join(tmpdir(), 'codeoptima-harness-'));
    const file = `workload${options.workload.path === null ? '.mjs' : extname(options.workload.path)}`;
    await writeFile(join(dir, file), options.workload.text);
    return new Harness(options, dir, file);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#dir, { recursive: true, force: true });
  }

  /** Processes that are started at once share the core in turns. */
  get takesTurns(): boolean {
    return this.#options.pacer != null && this.#options.unsafe_no_sandbox !== true;
  }

  /** The signed answer of the program, or why there is none. Sources with enums and the like switch Node to transforming types. */
  async call(dir: string, call: HarnessCall, signal?: AbortSignal): Promise<HarnessOutcome> {
    const outcome = await this.#once(dir, call, signal);
    if (outcome.ok || this.#transform || !NEEDS_TRANSFORM.test(outcome.message)) return outcome;
    this.#transform = true;
    return await this.#once(dir, call, signal);
  }

  async #once(dir: string, call: HarnessCall, signal: AbortSignal | undefined): Promise<HarnessOutcome> {
    signal?.throwIfAborted();
    const answer_dir = await mkdtemp(join(tmpdir(), 'codeoptima-answer-'));
    try {
      const key = newKey();
      await this.#options.pacer?.ready(signal);
      const result = await this.#launch(dir, answer_dir, key, call, signal);
      signal?.throwIfAborted();
      const outcome = interpret(result, await readSignedAnswer(join(answer_dir, 'sample'), key), call.timeout_ms);
      await call.collect?.(answer_dir);
      return outcome;
    } finally {
      await rm(answer_dir, { recursive: true, force: true });
    }
  }

  async #launch(dir: string, answer_dir: string, key: string, call: HarnessCall, signal: AbortSignal | undefined): Promise<SandboxResult> {
    const { workload, entry, cpu, unsafe_no_sandbox = false, memory_bytes = 2048 * MIB, run = runSandboxed } = this.#options;
    const layout = layOut({
      dir,
      workload_dir: this.#dir,
      workload_file: this.#file,
      workload_path: workload.path,
      entry,
      answer_dir,
      unsafe_no_sandbox,
    });
    const { root_url, entry_url, workload_url } = layout;
    const request = { ...call.request, key, answer_path: join(layout.answer_dir, 'sample'), root_url, entry_url, workload_url };
    const transform = this.#transform ? ['--experimental-transform-types'] : [];
    const node = ['node', '--disable-warning=ExperimentalWarning', ...transform, ...call.flags, join(layout.harness, call.script)];
    const { pacer } = this.#options;
    let leave: (() => unknown) | undefined;
    const spec: SandboxSpec = {
      argv: [...(call.prefix ?? []), ...node],
      cwd: layout.cwd,
      mounts: layout.mounts,
      stdin: JSON.stringify(request),
      limits: { wall_ms: call.timeout_ms, memory_bytes, output_bytes: 4 * MIB },
      unsafe_no_sandbox,
      ...(cpu === null ? {} : { cpu_affinity: cpu }),
      ...(signal === undefined ? {} : { signal }),
      ...(pacer && call.paced !== false ? { onStart: (command) => void (leave = pacer.join(command)) } : {}),
    };
    try {
      return await run(spec);
    } finally {
      leave?.();
    }
  }
}

function interpret(result: SandboxResult, answer: SignedAnswer, timeout_ms: number): HarnessOutcome {
  if (result.outcome === 'timed_out') {
    return { ok: false, kind: 'timed_out', message: `one process took longer than ${Math.round(timeout_ms / 1000)} s` };
  }
  if (!answer.ok && answer.reason === 'forged') {
    return { ok: false, kind: 'tampered', message: 'the measured code wrote to the file of the answer' };
  }
  if (!answer.ok) return { ok: false, kind: 'crashed', message: lastWords(result) };
  const failed = Failed.safeParse(answer.value);
  if (failed.success) return { ok: false, kind: 'workload_failed', message: failed.data.message };
  return { ok: true, value: answer.value };
}

function lastWords(result: SandboxResult): string {
  const lines = result.stderr.trim().split('\n');
  const telling = lines.find((l) => /^(\w*Error\b|Uncaught|FATAL|#)/.test(l.trim())) ?? lines.slice(-3).join(' ');
  const how = result.outcome === 'exited' ? `ended with exit code ${result.exit_code}` : result.outcome.replaceAll('_', ' ');
  return `the measured process ${how} before it reported${telling === '' ? '' : `: ${telling.trim().slice(0, 400)}`}`;
}
