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
    this.items.splice(this.after(key), 0, { key, value });
    return this;
  }

  override get(key: string): T | undefined {
    let low = 0;
    let high = this.items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.items[middle] as Entry<T>).key < key) low = middle + 1;
      else high = middle;
    }
    const item = this.items[low];
    return item?.key === key ? item.value : undefined;
  }

  private after(key: string): number {
    let low = 0;
    let high = this.items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (key < (this.items[middle] as Entry<T>).key) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
