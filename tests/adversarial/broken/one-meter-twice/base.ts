export class Meter {
  #reads = 0;
  readonly #step: number;

  constructor(step: number) {
    this.#step = step;
  }

  /** Counts each time it is asked. */
  get value(): number {
    this.#reads += this.#step;
    return this.#reads;
  }
}

/** Readings of each meter, by name. */
export function readings(meters: Record<string, Meter>, rounds: number): Record<string, number[]> {
  const out: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round++) for (const name of Object.keys(meters)) out[name] = [...(out[name] ?? []), (meters[name] as Meter).value];
  return out;
}
