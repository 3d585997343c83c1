import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { run as runSandboxed, type SandboxResult, type SandboxSpec } from '@codeoptima/sandbox';
import { layOut } from './layout.ts';
import { HarnessAnswer, type SampleOutcome, type Sampler, type SampleSettings } from './sample.ts';
import { newKey, readSignedAnswer, type SignedAnswer } from './signed-answer.ts';
import type { MeasuredWorkload } from './workload.ts';

export interface SamplerOptions {
  workload: MeasuredWorkload;
  /** Module handed to `setup`, relative to the tree's root (see `resolveEntry`). */
  entry: string;
  cpu: number | null;
  unsafe_no_sandbox?: boolean;
  memory_bytes?: number;
  run?: (spec: SandboxSpec) => Promise<SandboxResult>;
}

const MIB = 1024 * 1024;
/** Node refuses these in type-stripping mode only; the transforming mode takes them. */
const NEEDS_TRANSFORM = /strip-only mode|ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX/;

/** Runs the harness in a sandbox, one fresh process a sample. Dispose it to remove its files. */
export class ProcessSampler implements Sampler, AsyncDisposable {
  readonly #options: SamplerOptions;
  readonly #dir: string;
  readonly #file: string;
  #transform = false;

  private constructor(options: SamplerOptions, dir: string, file: string) {
    this.#options = options;
    this.#dir = dir;
    this.#file = file;
  }

  static async create(options: SamplerOptions): Promise<ProcessSampler> {
    const dir = await mkdtemp(join(tmpdir(), 'codeoptima-sampler-'));
    const file = `workload${options.workload.path === null ? '.mjs' : extname(options.workload.path)}`;
    await writeFile(join(dir, file), options.workload.text);
    return new ProcessSampler(options, dir, file);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#dir, { recursive: true, force: true });
  }

  async take(dir: string, settings: SampleSettings, signal?: AbortSignal): Promise<SampleOutcome> {
    const outcome = await this.#once(dir, settings, signal);
    if (outcome.ok || this.#transform || !NEEDS_TRANSFORM.test(outcome.message)) return outcome;
    this.#transform = true;
    return await this.#once(dir, settings, signal);
  }

  async #once(dir: string, settings: SampleSettings, signal: AbortSignal | undefined): Promise<SampleOutcome> {
    signal?.throwIfAborted();
    const answer_dir = await mkdtemp(join(tmpdir(), 'codeoptima-answer-'));
    try {
      const key = newKey();
      const result = await this.#launch(dir, answer_dir, key, settings, signal);
      signal?.throwIfAborted();
      return interpret(result, await readSignedAnswer(join(answer_dir, 'sample'), key), settings);
    } finally {
      await rm(answer_dir, { recursive: true, force: true });
    }
  }

  async #launch(
    dir: string,
    answer_dir: string,
    key: string,
    settings: SampleSettings,
    signal: AbortSignal | undefined,
  ): Promise<SandboxResult> {
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
    const request = {
      key,
      answer_path: join(layout.answer_dir, 'sample'),
      root_url: layout.root_url,
      entry_url: layout.entry_url,
      workload_url: layout.workload_url,
      iterations: settings.iterations,
      batches: settings.batches,
      warmup_ms: settings.warmup_ms,
      batch_cpu_ms: settings.batch_cpu_ms,
      memory: settings.memory,
      size: settings.size,
    };
    const transform = this.#transform ? ['--experimental-transform-types'] : [];
    return await run({
      argv: ['node', '--disable-warning=ExperimentalWarning', ...transform, ...settings.flags, join(layout.harness, 'sample.mjs')],
      cwd: layout.cwd,
      mounts: layout.mounts,
      stdin: JSON.stringify(request),
      limits: { wall_ms: settings.timeout_ms, memory_bytes, output_bytes: 4 * MIB },
      unsafe_no_sandbox,
      ...(cpu === null ? {} : { cpu_affinity: cpu }),
      ...(signal === undefined ? {} : { signal }),
    });
  }
}

function interpret(result: SandboxResult, answer: SignedAnswer, settings: SampleSettings): SampleOutcome {
  if (result.outcome === 'timed_out') {
    return { ok: false, kind: 'timed_out', message: `one sample took longer than ${Math.round(settings.timeout_ms / 1000)} s` };
  }
  if (!answer.ok && answer.reason === 'forged') {
    return { ok: false, kind: 'tampered', message: 'the measured code wrote to the file of the answer' };
  }
  if (!answer.ok) {
    const lines = result.stderr.trim().split('\n');
    const last = (lines.find((l) => /^(\w*Error\b|Uncaught|FATAL|#)/.test(l.trim())) ?? lines.slice(-3).join(' ')).trim().slice(0, 400);
    const how = result.outcome === 'exited' ? `ended with exit code ${result.exit_code}` : result.outcome.replaceAll('_', ' ');
    return { ok: false, kind: 'crashed', message: `the measured process ${how} before it reported${last === '' ? '' : `: ${last}`}` };
  }
  const parsed = HarnessAnswer.parse(answer.value);
  if (!parsed.ok) return { ok: false, kind: 'workload_failed', message: parsed.message };
  if (parsed.sample.patched.critical.length > 0) {
    return { ok: false, kind: 'tampered', message: `the measured code replaced ${parsed.sample.patched.critical.join(', ')}` };
  }
  return { ok: true, sample: parsed.sample };
}
