import { CodeOptimaError } from '@codeoptima/contracts';
import { type MemoryClient, type MemoryOptions, connectMemory } from './client.ts';

/** A memory that may be missing. Work goes on without it; what was lost is told once for each outage, not at each call. */
export interface OptionalMemory {
  /** The result, or `otherwise` when there is no memory or it is down. A refusal (wrong input, stale epoch) is still thrown. */
  use: <T>(work: (memory: MemoryClient) => Promise<T>, otherwise: T) => Promise<T>;
  close: () => void;
}

const isOutage = (error: unknown): error is CodeOptimaError =>
  error instanceof CodeOptimaError && (error.code === 'unavailable' || error.code === 'deadline_exceeded');

/**
 * @param options null when the installation has no memory.
 * @param notice told in one sentence when the memory is absent, goes away, and comes back.
 */
export const optionalMemory = (options: MemoryOptions | null, notice: (sentence: string) => void): OptionalMemory => {
  if (options === null) {
    notice('There is no memory here: nothing is recalled or remembered. `codeoptima doctor` says what to install.');
    return { use: (_work, otherwise) => Promise.resolve(otherwise), close: () => undefined };
  }
  const memory = connectMemory(options);
  let down = false;
  return {
    use: async (work, otherwise) => {
      try {
        const result = await work(memory);
        if (down) notice('The memory is back.');
        down = false;
        return result;
      } catch (error) {
        if (!isOutage(error)) throw error;
        if (!down) notice(`The memory does not answer, work goes on without it: ${error.message}`);
        down = true;
        return otherwise;
      }
    },
    close: memory.close,
  };
};
