import { Harness, type HarnessOptions } from './harness.ts';
import { HarnessAnswer, type SampleOutcome, type Sampler, type SampleSettings } from './sample.ts';

export type SamplerOptions = HarnessOptions;

/** Takes samples with the timing harness. Dispose it to remove its files. */
export class ProcessSampler implements Sampler, AsyncDisposable {
  readonly #harness: Harness;
  readonly #command: string | undefined;

  private constructor(harness: Harness, command: string | undefined) {
    this.#harness = harness;
    this.#command = command;
  }

  static async create(options: SamplerOptions): Promise<ProcessSampler> {
    return new ProcessSampler(await Harness.create(options), options.workload.command);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#harness[Symbol.asyncDispose]();
  }

  get takesTurns(): boolean {
    return this.#harness.takesTurns;
  }

  async take(dir: string, settings: SampleSettings, signal?: AbortSignal): Promise<SampleOutcome> {
    const { flags, timeout_ms, paced, ...request } = settings;
    const command = this.#command;
    // A command brings its own runtime: flags are for ours.
    const call =
      command === undefined
        ? ({ script: 'sample.mjs', request, flags, timeout_ms, paced } as const)
        : ({ script: 'command.mjs', request: { ...request, command }, flags: [], timeout_ms, paced } as const);
    const outcome = await this.#harness.call(dir, call, signal);
    if (!outcome.ok) return outcome;
    const { sample } = HarnessAnswer.parse(outcome.value);
    if (sample.patched.critical.length > 0) {
      return { ok: false, kind: 'tampered', message: `the measured code replaced ${sample.patched.critical.join(', ')}` };
    }
    return { ok: true, sample };
  }
}
