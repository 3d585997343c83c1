import { Harness, type HarnessOptions } from './harness.ts';
import { HarnessAnswer, type SampleOutcome, type Sampler, type SampleSettings } from './sample.ts';

export type SamplerOptions = HarnessOptions;

/** Takes samples with the timing harness. Dispose it to remove its files. */
export class ProcessSampler implements Sampler, AsyncDisposable {
  readonly #harness: Harness;

  private constructor(harness: Harness) {
    this.#harness = harness;
  }

  static async create(options: SamplerOptions): Promise<ProcessSampler> {
    return new ProcessSampler(await Harness.create(options));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#harness[Symbol.asyncDispose]();
  }

  async take(dir: string, settings: SampleSettings, signal?: AbortSignal): Promise<SampleOutcome> {
    const { flags, timeout_ms, ...request } = settings;
    const outcome = await this.#harness.call(dir, { script: 'sample.mjs', request, flags, timeout_ms }, signal);
    if (!outcome.ok) return outcome;
    const { sample } = HarnessAnswer.parse(outcome.value);
    if (sample.patched.critical.length > 0) {
      return { ok: false, kind: 'tampered', message: `the measured code replaced ${sample.patched.critical.join(', ')}` };
    }
    return { ok: true, sample };
  }
}
