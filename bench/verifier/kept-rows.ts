import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/**
 * Rows of an experiment that takes hours, one JSON object a line. What a file already holds is not measured again, so that an experiment
 * that was broken off goes on where it stood; a line cut short by a crash is measured again. Without a path nothing is kept.
 */
export class KeptRows<Row extends object> {
  readonly rows: Row[] = [];
  readonly #keys = new Set<string>();
  readonly #path: string | undefined;
  readonly #keyOf: (row: Row) => string;

  constructor(path: string | undefined, keyOf: (row: Row) => string) {
    this.#path = path;
    this.#keyOf = keyOf;
    if (path === undefined || !existsSync(path)) return;
    const text = readFileSync(path, 'utf8');
    for (const line of text.split('\n')) {
      try {
        this.#add(JSON.parse(line) as Row);
      } catch {
        // An empty or a torn line: its row is measured again.
      }
    }
    if (text !== '' && !text.endsWith('\n')) appendFileSync(path, '\n');
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  keep(row: Row): void {
    this.#add(row);
    if (this.#path !== undefined) appendFileSync(this.#path, `${JSON.stringify(row)}\n`);
  }

  #add(row: Row): void {
    this.rows.push(row);
    this.#keys.add(this.#keyOf(row));
  }
}
