import { children, isFunction, type Node } from './syntax.ts';

/** A place of a construct that a guard counts. */
export interface Occurrence {
  line: number;
  /** The outermost function around it, layout left out; null outside of functions. */
  around: string | null;
  /** What makes a further one the same thing over again, where the base has one of it. */
  place: string | null;
}

/** By guard and key. */
export type Occurrences = ReadonlyMap<string, readonly Occurrence[]>;

/** The function around a node as text, from its parameters on: what it is called says nothing. */
export function textAround(source: string, ancestors: readonly Node[]): string | null {
  const outermost = ancestors.find(isFunction);
  if (!outermost) return null;
  const from = children(outermost, 'params')[0]?.start ?? (outermost['body'] as Node).start;
  const kind = `${String(outermost['async'])} ${String(outermost['generator'])}`;
  return `${kind} ${source.slice(from, outermost.end).replaceAll(/\s+/g, ' ')}`;
}

/** Whether a file has more of something now; a further one of the same thing does not count. */
export function hasMore(base: readonly Occurrence[], candidate: readonly Occurrence[]): boolean {
  const places = new Set(base.map(({ place }) => place));
  const counted = (list: readonly Occurrence[]): number => list.filter(({ place }) => place === null || !places.has(place)).length;
  return counted(candidate) > counted(base);
}

const perFunction = (places: readonly Occurrence[]): Map<string | null, number> => {
  const counts = new Map<string | null, number>();
  for (const { around } of places) counts.set(around, (counts.get(around) ?? 0) + 1);
  return counts;
};

/** Functions that stand in another file now, with all that is in them: what they do is not new. */
export class Moves {
  readonly #lost = new Map<string, { file: string; count: number }>();

  /** Takes note of what a file no longer has. */
  noteLost(file: string, base: Occurrences, candidate: Occurrences): void {
    for (const [id, places] of base) {
      const still = perFunction(candidate.get(id) ?? []);
      for (const [around, before] of perFunction(places)) {
        const count = before - (still.get(around) ?? 0);
        if (around !== null && count > 0) this.#lost.set(`${id}\n${around}`, { file, count });
      }
    }
  }

  /** The file from which everything came that a file has more of now; null when something did not. */
  origin(id: string, base: readonly Occurrence[], candidate: readonly Occurrence[]): string | null {
    const before = perFunction(base);
    const more = [...perFunction(candidate)].flatMap(([around, count]) => {
      const fresh = count - (before.get(around) ?? 0);
      return fresh > 0 ? [{ fresh, lost: around === null ? undefined : this.#lost.get(`${id}\n${around}`) }] : [];
    });
    if (!more.every(({ fresh, lost }) => lost !== undefined && lost.count >= fresh)) return null;
    for (const { fresh, lost } of more) if (lost) lost.count -= fresh;
    return more[0]?.lost?.file ?? null;
  }
}
