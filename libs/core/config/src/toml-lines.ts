import { parse } from 'smol-toml';

/** A key's path; numbers are positions in a `[[list of tables]]`. */
export type KeyPath = readonly (string | number)[];

const pathKey = (path: KeyPath): string => JSON.stringify(path);

/** Where keys stand in a TOML text. The text must be valid TOML: the parser has refused everything else before. */
export class TomlLines {
  readonly #lines = new Map<string, number>();

  constructor(text: string) {
    let table: KeyPath = [];
    const counts = new Map<string, number>();
    const lines = text.split('\n');
    for (let index = 0; index < lines.length; index++) {
      const line = (lines[index] ?? '').trim();
      if (line === '' || line.startsWith('#')) continue;
      if (line.startsWith('[')) {
        const isList = line.startsWith('[[');
        const names = splitKey(line.slice(isList ? 2 : 1)).names;
        table = names;
        if (isList) {
          const position = counts.get(pathKey(names)) ?? 0;
          counts.set(pathKey(names), position + 1);
          table = [...names, position];
          if (position === 0) this.#note(names, index + 1);
        }
        this.#note(table, index + 1);
        continue;
      }
      const { names, rest } = splitKey(line);
      for (let length = 1; length <= names.length; length++) this.#note([...table, ...names.slice(0, length)], index + 1);
      index += linesOfValue([rest, ...lines.slice(index + 1)]) - 1;
    }
  }

  #note(path: KeyPath, line: number): void {
    const key = pathKey(path);
    if (!this.#lines.has(key)) this.#lines.set(key, line);
  }

  /** 1-based line of the key, or of the nearest table around it; 1 when nothing of it is in the text. */
  lineOf(path: KeyPath): number {
    for (let length = path.length; length > 0; length--) {
      const line = this.#lines.get(pathKey(path.slice(0, length)));
      if (line !== undefined) return line;
    }
    return 1;
  }
}

/** Reads a dotted key up to `=` or `]`. */
function splitKey(text: string): { names: string[]; rest: string } {
  const names: string[] = [];
  let name = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (char === '"' || char === "'") {
      const end = endOfString(text, at, char);
      name = quotedName(text.slice(at, end));
      at = end - 1;
    } else if (char === '.') {
      names.push(name);
      name = '';
    } else if (char === '=' || char === ']') {
      names.push(name);
      return { names, rest: text.slice(at + 1) };
    } else if (char !== ' ' && char !== '\t') {
      name += char;
    }
  }
  return { names: [...names, name], rest: '' };
}

function quotedName(quoted: string): string {
  if (quoted.startsWith('"')) {
    const parsed = parse(`name = ${quoted}`)['name'];
    if (typeof parsed === 'string') return parsed;
  }
  return quoted.slice(1, -1);
}

/** Index after the closing quote of a one-line string that opens at `start`. */
function endOfString(text: string, start: number, quote: string): number {
  for (let at = start + 1; at < text.length; at++) {
    if (quote === '"' && text[at] === '\\') at++;
    else if (text[at] === quote) return at + 1;
  }
  return text.length;
}

/** How many lines a value takes: brackets nest, and multi-line strings may hold anything. */
function linesOfValue(lines: readonly string[]): number {
  const text = lines.join('\n');
  let depth = 0;
  let count = 1;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    const triple = text.slice(at, at + 3);
    if (triple === '"""' || triple === "'''") {
      const end = endOfMultiLine(text, at + 3, triple);
      count += text.slice(at, end).split('\n').length - 1;
      at = end - 1;
    } else if (char === '"' || char === "'") {
      at = endOfString(text, at, char) - 1;
    } else if (char === '#') {
      const newline = text.indexOf('\n', at);
      if (newline < 0) return count;
      at = newline - 1;
    } else if (char === '[' || char === '{') {
      depth++;
    } else if (char === ']' || char === '}') {
      depth--;
    } else if (char === '\n') {
      if (depth === 0) return count;
      count++;
    }
  }
  return count;
}

function endOfMultiLine(text: string, from: number, triple: string): number {
  for (let at = from; at < text.length; at++) {
    if (triple === '"""' && text[at] === '\\') at++;
    else if (text.startsWith(triple, at)) return at + 3;
  }
  return text.length;
}
