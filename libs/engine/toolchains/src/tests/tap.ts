/** One test point of a TAP document. */
export interface TapPoint {
  ok: boolean;
  /** Names of the enclosing subtests, outermost first, then its own. */
  path: string[];
  directive: 'skip' | 'todo' | null;
  duration_ms: number | null;
  /** YAML diagnostics as text, if any. */
  diagnostics: string | null;
  /** The last comment before it at its level; tape names its tests so. */
  comment: string | null;
}

const POINT = /^(ok|not ok)\b(?:\s+\d+)?(?:\s+-)?\s*(.*)$/;
const DIRECTIVE = /(?:^|\s)#\s*(skip|todo)\S*.*$/i;
const TIME = /(?:^|\s)#\s*time=([\d.]+)(ms|s)?.*$/i;

const unescape = (text: string): string => text.replaceAll(/\\([\\#])/g, '$1');

interface Level {
  indent: number;
  points: TapPoint[];
  comment: string | null;
}

/**
 * Reads TAP 13 and 14, subtests by indentation included (testanything.org). Lines that are no TAP are skipped: tests print what they
 * like. The parent's point follows its subtest and gives the subtest its name.
 */
export class TapParser {
  readonly #done: TapPoint[] = [];
  readonly #levels: Level[] = [{ indent: 0, points: [], comment: null }];
  #last: { point: TapPoint; indent: number } | null = null;
  #yaml: { indent: number; lines: string[] } | null = null;
  #rest = '';
  bailed: string | null = null;

  add(chunk: string): void {
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#line(line.replace(/\r$/, ''));
  }

  /** All points found. A subtest whose parent never came keeps its own names. */
  end(): TapPoint[] {
    if (this.#rest !== '') this.#line(this.#rest);
    this.#rest = '';
    while (this.#levels.length > 0) this.#done.push(...(this.#levels.shift()?.points ?? []));
    return this.#done;
  }

  #line(line: string): void {
    const indent = line.length - line.trimStart().length;
    const text = line.trimStart();
    if (this.#yaml !== null) {
      if (text === '...' && indent <= this.#yaml.indent) this.#endDiagnostics();
      else this.#yaml.lines.push(line.slice(this.#yaml.indent));
      return;
    }
    if (text === '---' && this.#last !== null && indent > this.#last.indent) {
      this.#yaml = { indent, lines: [] };
      return;
    }
    const bail = /^Bail out!\s*(.*)$/.exec(text);
    if (bail) this.bailed = bail[1] ?? '';
    const comment = /^#\s?(.*)$/.exec(text);
    if (comment) this.#level(indent).comment = comment[1] ?? '';
    const point = POINT.exec(text);
    if (point && /^(ok|not ok)(\s|$)/.test(text)) this.#point(indent, point[1] === 'ok', point[2] ?? '');
  }

  #endDiagnostics(): void {
    const text = this.#yaml?.lines.join('\n') ?? '';
    this.#yaml = null;
    const point = this.#last?.point;
    if (point === undefined) return;
    point.diagnostics = text;
    const duration = /^duration_ms: ([\d.]+)/m.exec(text)?.[1];
    if (duration !== undefined) point.duration_ms ??= Number(duration);
  }

  #level(indent: number): Level {
    while ((this.#levels.at(-1)?.indent ?? 0) > indent && this.#levels.length > 1) this.#done.push(...(this.#levels.pop()?.points ?? []));
    const current = this.#levels.at(-1);
    if (current !== undefined && current.indent === indent) return current;
    const level: Level = { indent, points: [], comment: null };
    this.#levels.push(level);
    return level;
  }

  #point(indent: number, ok: boolean, rest: string): void {
    // Deeper points that wait are the subtests of this one.
    const subtests: TapPoint[] = [];
    while ((this.#levels.at(-1)?.indent ?? 0) > indent && this.#levels.length > 1) subtests.unshift(...(this.#levels.pop()?.points ?? []));
    const level = this.#level(indent);
    const time = TIME.exec(rest);
    const untimed = rest.replace(TIME, '').replace(/\s*\{$/, '');
    const directive = DIRECTIVE.exec(untimed)?.[1]?.toLowerCase() as 'skip' | 'todo' | undefined;
    const name = unescape(untimed.replace(DIRECTIVE, '').trim());
    for (const subtest of subtests) level.points.push({ ...subtest, path: [name, ...subtest.path] });
    const duration_ms = time ? Number(time[1]) * (time[2] === 's' ? 1000 : 1) : null;
    const point: TapPoint = { ok, path: [name], directive: directive ?? null, duration_ms, diagnostics: null, comment: level.comment };
    level.points.push(point);
    this.#last = { point, indent };
  }
}

export function parseTap(text: string): TapPoint[] {
  const parser = new TapParser();
  parser.add(text);
  return parser.end();
}
