import { types } from 'node:util';
import { tagOf } from './tags.ts';

const yieldLimit = 1000;

const engineMessage =
  /^(?:Cannot (?:read|set|convert|destructure|mix|assign|add|delete|redefine|define|use|access|perform|freeze)\b|.* is not (?:a function|iterable|a constructor|defined|an object|extensible|async iterable|a valid)|.*\bundefined or null\b|Invalid (?:array|string|typed array|array buffer|date|count|time|regular|code point)|Maximum call stack|Reduce of empty|.*\bcalled on (?:null|non-|incompatible|undefined)|Class constructor|.* object must be|Right-hand side|Object prototype may only|The (?:number|comparison)|Method .* called on|.*must be a (?:callable|function)|Array buffer allocation|Set maximum size|Map maximum size|Iterator |Found non-callable|object null|Invalid value used|Derived constructors|Private|'.*' (?:called|returned)|too many turns)/;

/** Whether the engine itself raised this error, not the code that was called. */
export function isEngineError(error: unknown): boolean {
  if (!types.isNativeError(error) || !/^(?:Type|Range|Reference)Error$/.test(error.name)) return false;
  return engineMessage.test(error.message);
}

export const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  types.isPromise(value) || (typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function');

const tagOfAny = (value: unknown): string => (typeof value === 'object' && value !== null ? tagOf(value) : '');

export const isAsyncIterator = (value: unknown): value is AsyncIterator<unknown> => /AsyncGenerator$/.test(tagOfAny(value));

const isIterable = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && typeof (value as { [Symbol.iterator]?: unknown })[Symbol.iterator] === 'function';

/** By its name, or by its methods where its name would have to be asked. */
export function isIterator(value: unknown): value is Iterator<unknown> {
  const tag = tagOfAny(value);
  const isNamed = types.isGeneratorObject(value) || /Iterator$/.test(tag) || (tag === '' && isIterable(value));
  return isNamed && !isAsyncIterator(value) && typeof (value as { next?: unknown }).next === 'function';
}

/** What a consumer does after some values; what it gives, if anything, is noted. */
export interface Pause {
  after: number;
  act(iterator: Iterator<unknown> | AsyncIterator<unknown>): unknown;
}

const paused = (pause: Pause | undefined, turn: number, iterator: Iterator<unknown> | AsyncIterator<unknown>): unknown =>
  pause?.after === turn ? pause.act(iterator) : undefined;

/** Everything an iterator yields, its return value or its error last. */
export function drain(iterator: Iterator<unknown>, onYield: () => void, pause?: Pause): unknown[] {
  const out: unknown[] = [];
  for (let i = 0; i < yieldLimit; i++) {
    try {
      const answer = paused(pause, i, iterator);
      if (answer !== undefined) out.push({ answer });
      const next = iterator.next();
      onYield();
      out.push(next.done === true ? { end: next.value as unknown } : next.value);
      if (next.done === true) return out;
    } catch (error) {
      out.push({ thrown: error });
      return out;
    }
  }
  return out;
}

export async function drainAsync(iterator: AsyncIterator<unknown>, onYield: () => void, pause?: Pause): Promise<unknown[]> {
  const out: unknown[] = [];
  for (let i = 0; i < yieldLimit; i++) {
    try {
      const answer = await paused(pause, i, iterator);
      if (answer !== undefined) out.push({ answer });
      const next = await iterator.next();
      onYield();
      out.push(next.done === true ? { end: next.value as unknown } : next.value);
      if (next.done === true) return out;
    } catch (error) {
      out.push({ thrown: error });
      return out;
    }
  }
  return out;
}
