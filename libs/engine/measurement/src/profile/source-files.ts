import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GREATEST_LOWER_BOUND, LEAST_UPPER_BOUND, originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { functionAt, namedOwner, type SourceFunction, sourceFunctions } from './source-functions.ts';

/** A function in the repository's own source. */
export interface Place {
  /** Relative to the repository's root. */
  file: string;
  function: SourceFunction;
}

interface LoadedFile {
  text: string;
  /** Offset of the beginning of each line. */
  lines: number[];
  functions: SourceFunction[];
}

/** Offset of each line's beginning from the lengths of the lines, line ends not counted. */
function startsOf(lengths: readonly number[]): number[] {
  let at = 0;
  return lengths.map((length) => {
    const start = at;
    at += length + 1;
    return start;
  });
}

/** Folders of foreign or generated code in a repository. */
const FOREIGN = /(^|\/)(node_modules|\.yarn|\.pnp[^/]*|\.git|coverage)(\/|$)/;

/**
 * Finds the source function behind a position in the code that ran: through source maps where there are any, then by parsing. Reads
 * files of `dir` (on the host), which code saw under `root_url`.
 */
export class SourceFiles {
  readonly #dir: string;
  readonly #root_url: string;
  readonly #maps: Map<string, TraceMap | null>;
  readonly #files = new Map<string, LoadedFile | null>();

  constructor(dir: string, root_url: string, maps: Readonly<Record<string, unknown>> = {}) {
    this.#dir = dir;
    this.#root_url = root_url;
    this.#maps = new Map(Object.entries(maps).map(([url, map]) => [url, new TraceMap(map as ConstructorParameters<typeof TraceMap>[0])]));
  }

  /** Path of own code relative to the root; null for the runtime, dependencies and everything outside. */
  ownPath(url: string): string | null {
    const href = url.startsWith('/') ? `file://${url}` : url;
    if (!href.startsWith(this.#root_url)) return null;
    const path = decodeURIComponent(href.slice(this.#root_url.length).replace(/[?#].*$/, ''));
    return FOREIGN.test(path) ? null : path;
  }

  load(path: string): LoadedFile | null {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    let loaded: LoadedFile | null = null;
    try {
      const text = readFileSync(posix.join(this.#dir, path), 'utf8');
      const lines = [0];
      for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) lines.push(i + 1);
      loaded = { text, lines, functions: sourceFunctions(text, path) };
    } catch {
      // A generated module, or a file that is gone: no source, no place.
    }
    this.#files.set(path, loaded);
    return loaded;
  }

  /** By line and column, both 0-based, and the name that V8 gave. */
  placeAt(url: string, line: number, column: number, name: string): Place | null {
    const path = this.ownPath(url);
    if (path === null) return null;
    const original = this.#original(url, path, line, column);
    const file = original === null ? null : this.load(original.path);
    if (original === null || file === null) return null;
    const start = file.lines[original.line];
    const exact = start === undefined ? null : functionAt(file.functions, start + original.column);
    // A transformer without a map moves positions but keeps names.
    const last = name.slice(name.lastIndexOf('.') + 1);
    const byName = file.functions.filter((f) => f.named && last !== '' && (f.symbol === last || f.symbol.endsWith(`.${last}`)));
    const agrees = exact !== null && (last === '' || !exact.named || exact.symbol === last || exact.symbol.endsWith(`.${last}`));
    const found = agrees || byName.length !== 1 ? exact : (byName[0] as SourceFunction);
    return found === null ? null : { file: original.path, function: namedOwner(file.functions, found) };
  }

  /** By offset in the code that ran. `line_lengths` describe transformed code; without them the text is read from its file. */
  placeAtOffset(url: string, offset: number, name: string, line_lengths?: readonly number[]): Place | null {
    const path = this.ownPath(url);
    if (path === null) return null;
    const lines = line_lengths === undefined ? this.load(path)?.lines : startsOf(line_lengths);
    if (lines === undefined) return null;
    let low = 0;
    let high = lines.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((lines[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return this.placeAt(url, low, offset - (lines[low] ?? 0), name);
  }

  #original(url: string, path: string, line: number, column: number): { path: string; line: number; column: number } | null {
    const map = this.#mapOf(url, path);
    if (map === null) return { path, line, column };
    const needle = { line: line + 1, column };
    const found = ([GREATEST_LOWER_BOUND, LEAST_UPPER_BOUND] as const)
      .map((bias) => originalPositionFor(map, { ...needle, bias }))
      .find((f) => f.source !== null);
    if (found === undefined || found.source === null) return null;
    const source = found.source.startsWith('file:') ? fileURLToPath(found.source) : found.source;
    const root = fileURLToPath(this.#root_url);
    const relative = source.startsWith(root)
      ? source.slice(root.length)
      : source.startsWith('/')
        ? null
        : posix.join(posix.dirname(path), source);
    // A map that points outside of the repository, or to sources that were not shipped, leaves the generated code as the place.
    if (relative === null || relative.startsWith('..') || FOREIGN.test(relative) || this.load(relative) === null)
      return { path, line, column };
    return { path: relative, line: found.line - 1, column: found.column };
  }

  #mapOf(url: string, path: string): TraceMap | null {
    const known = this.#maps.get(url);
    if (known !== undefined) return known;
    const map = this.#mapOnDisk(path);
    this.#maps.set(url, map);
    return map;
  }

  #mapOnDisk(path: string): TraceMap | null {
    const text = this.load(path)?.text ?? '';
    const link = [...text.matchAll(/\/\/[#@] sourceMappingURL=(\S+)\s*$/gm)].at(-1)?.[1];
    if (link === undefined) return null;
    try {
      const inline = /^data:application\/json[^,]*?(;base64)?,(.*)$/.exec(link);
      const json = inline
        ? Buffer.from(decodeURIComponent(inline[2] as string), inline[1] === undefined ? 'utf8' : 'base64').toString('utf8')
        : readFileSync(posix.join(this.#dir, posix.dirname(path), link), 'utf8');
      return new TraceMap(json);
    } catch {
      return null; // a map that was not shipped or is broken: positions of the generated code
    }
  }
}
