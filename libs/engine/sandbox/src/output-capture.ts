type Stream = 'stdout' | 'stderr';

/** Collects both streams of a command up to a common limit. */
export class OutputCapture {
  readonly #limit_bytes: number;
  readonly #onLimit: () => void;
  readonly #onOutput: ((chunk: Uint8Array, stream: Stream) => void) | undefined;
  readonly #chunks: Record<Stream, Uint8Array[]> = { stdout: [], stderr: [] };
  #bytes = 0;
  #truncated = false;

  constructor(limit_bytes: number, onLimit: () => void, onOutput?: (chunk: Uint8Array, stream: Stream) => void) {
    this.#limit_bytes = limit_bytes;
    this.#onLimit = onLimit;
    this.#onOutput = onOutput;
  }

  add(chunk: Uint8Array, stream: Stream): void {
    if (this.#truncated) return;
    const kept = chunk.subarray(0, this.#limit_bytes - this.#bytes);
    this.#bytes += kept.length;
    this.#chunks[stream].push(kept);
    this.#onOutput?.(kept, stream);
    if (kept.length === chunk.length) return;
    this.#truncated = true;
    this.#onLimit();
  }

  text(): { stdout: string; stderr: string; truncated: boolean } {
    const decode = (stream: Stream): string => Buffer.concat(this.#chunks[stream]).toString('utf8');
    return { stdout: decode('stdout'), stderr: decode('stderr'), truncated: this.#truncated };
  }
}
