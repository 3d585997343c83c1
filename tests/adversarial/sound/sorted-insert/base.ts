export interface Entry<T> {
  key: string;
  value: T;
}

/** Entries in the order of arrival. */
export class Entries<T> {
  protected items: Entry<T>[] = [];

  add(key: string, value: T): this {
    this.items.push({ key, value });
    return this;
  }

  get(key: string): T | undefined {
    return this.items.find((item) => item.key === key)?.value;
  }

  values(): T[] {
    return this.items.map((item) => item.value);
  }
}

/** Entries by key; equal keys in the order of arrival. */
export class SortedEntries<T> extends Entries<T> {
  override add(key: string, value: T): this {
    super.add(key, value);
    this.items.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    return this;
  }
}
