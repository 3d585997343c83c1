interface Heard {
  epoch: bigint;
  at_ms: number;
}

/** Last beat of each item, by the incarnation that sent it. Times are the watchdog's monotonic clock, milliseconds. */
export class HeardBeats {
  readonly #by_incarnation = new Map<string, Map<string, Heard>>();

  hear({ incarnation, item_id, epoch }: { incarnation: string; item_id: string; epoch: bigint }, at_ms: number): void {
    const beats = this.#by_incarnation.get(incarnation) ?? new Map<string, Heard>();
    this.#by_incarnation.set(incarnation, beats.set(item_id, { epoch, at_ms }));
  }

  /** Items and epochs of which the incarnation beat at or after the moment. */
  since(incarnation: string, since_ms: number): { item_id: string; epoch: bigint }[] {
    return [...(this.#by_incarnation.get(incarnation) ?? [])]
      .filter(([, { at_ms }]) => at_ms >= since_ms)
      .map(([item_id, { epoch }]) => ({ item_id, epoch }));
  }

  /** Forgets all other items: a worker that is never idle would leave one for each that it ever held. */
  keepOnly(item_ids: ReadonlySet<string>): void {
    for (const [incarnation, beats] of this.#by_incarnation) {
      for (const item_id of beats.keys()) if (!item_ids.has(item_id)) beats.delete(item_id);
      if (beats.size === 0) this.#by_incarnation.delete(incarnation);
    }
  }

  /** How many items are remembered. */
  get size(): number {
    return [...this.#by_incarnation.values()].reduce((sum, beats) => sum + beats.size, 0);
  }
}
