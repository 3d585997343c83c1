import { children, isFunction, type Node } from './syntax.ts';

/** A place of a construct that a guard counts. */
export interface Occurrence {
  line: number;
  /** The outermost function around it, layout left out; null outside of functions. */
  around: string | null;
  /** What makes a further one the same thing over again, where the base has one of it. */
  place: string | null;
  /** Of an import outside of functions: the functions that use what it binds, when nothing else does. */
  uses?: readonly string[] | null;
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

const usesIn = (places: readonly Occurrence[]): Set<string> => new Set(places.flatMap(({ uses }) => uses ?? []));

/** Functions that stand in another file now, with all that is in them and the imports they need: what they do is not new. */
export class Moves {
  readonly #lost = new Map<string, { file: string; count: number }>();
  /** Functions that used an import and are gone, by guard and key of the import; the file they stood in. */
  readonly #users = new Map<string, string>();

  /** Takes note of what a file no longer has. */
  noteLost(file: string, base: Occurrences, candidate: Occurrences): void {
    for (const [id, places] of base) {
      const users = usesIn(candidate.get(id) ?? []);
      for (const use of usesIn(places)) if (!users.has(use)) this.#users.set(`${id}\n${use}`, file);
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
      const lost = around === null ? this.#originOfUsers(id, candidate) : this.#lost.get(`${id}\n${around}`);
      return fresh > 0 ? [{ fresh, lost }] : [];
    });
    if (!more.every(({ fresh, lost }) => lost !== undefined && lost.count >= fresh)) return null;
    for (const { fresh, lost } of more) if (lost) lost.count -= fresh;
    return more[0]?.lost?.file ?? null;
  }

  /** An import that only functions need which came along with it. */
  #originOfUsers(id: string, candidate: readonly Occurrence[]): { file: string; count: number } | undefined {
    const imports = candidate.filter(({ around }) => around === null);
    const files = [...usesIn(imports)].map((use) => this.#users.get(`${id}\n${use}`));
    const [file] = files;
    const isKnown = imports.every(({ uses }) => uses) && files.every((other) => other !== undefined);
    return file !== undefined && isKnown ? { file, count: imports.length } : undefined;
  }
}
