import type { FunctionMeta } from './graph.ts';
import { isObject, type KnownObjects, shapeOf, sizeOf } from './known-objects.ts';
import type { FunctionCounts } from './record-log.ts';

export interface SampleLimits {
  sessions_per_function: number;
  sessions_per_shape: number;
  steps: number;
}

/** Of calls alike beyond those kept at first, one is kept each time their number has grown by this factor: state grows from call to call. */
const SPACING = 1.5;

/** Decides which calls are kept: each shape at first, the largest, and ever fewer of those alike. */
export class CallSample {
  readonly #limits: SampleLimits;
  readonly #known: KnownObjects;
  readonly #isFull: () => boolean;
  readonly #kept = new Map<string, number>();
  readonly #seen = new Map<string, number>();
  readonly #largest = new Map<number, number>();

  constructor(limits: SampleLimits, known: KnownObjects, isFull: () => boolean) {
    this.#limits = limits;
    this.#known = known;
    this.#isFull = isFull;
  }

  /** `isLink`: later steps may refer to this one, so that leaving it out would cost them as well. */
  isWanted(meta: FunctionMeta, self: unknown, args: ArrayLike<unknown>, isLink: boolean, counts?: FunctionCounts): boolean {
    if (this.#isFull()) return false;
    let shape = `${meta.id}`;
    let isStateful = isObject(self) && this.#known.find(self) !== undefined;
    for (let i = 0; i < args.length && i < 8; i++) {
      const arg = args[i];
      shape += `|${shapeOf(arg)}`;
      if (isObject(arg) && this.#known.find(arg) !== undefined) isStateful = true;
    }
    const size = sizeOf(args, self);
    const isLargest = size > (this.#largest.get(meta.id) ?? -1);
    if (isLargest) this.#largest.set(meta.id, size);
    const kept = this.#kept.get(shape) ?? 0;
    const isChained = isLink && (isStateful || meta.kind === 'constructor' || meta.kind === 'class');
    const limit = isChained ? this.#limits.steps : this.#limits.sessions_per_shape;
    const total = this.#kept.get(`#${meta.id}`) ?? 0;
    const isSpaced = !isLink && this.#isSpaced(shape, limit);
    if (!isLargest && ((kept >= limit && !isSpaced) || total > this.#limits.sessions_per_function * 16)) return false;
    this.#kept.set(shape, kept + 1);
    this.#kept.set(`#${meta.id}`, total + 1);
    if (counts && Object.keys(counts.shapes).length < 64) counts.shapes[shape.slice(shape.indexOf('|') + 1)] = kept + 1;
    return true;
  }

  #isSpaced(shape: string, from: number): boolean {
    const seen = (this.#seen.get(shape) ?? 0) + 1;
    this.#seen.set(shape, seen);
    const turns = Math.log(seen / from) / Math.log(SPACING);
    return seen > from && Math.floor(turns) > Math.floor(Math.log((seen - 1) / from) / Math.log(SPACING));
  }
}
