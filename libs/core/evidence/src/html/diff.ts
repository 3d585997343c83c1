import { type Html, html } from './html.ts';
import { highlight } from './highlight.ts';

interface Line {
  kind: 'added' | 'removed' | 'context' | 'hunk';
  /** Line numbers before and after; '' where there is none. */
  before: number | '';
  after: number | '';
  text: string;
}

export interface FileDiff {
  path: string;
  lines: Line[];
}

/** Reads a unified diff as git writes it. Lines outside a hunk other than the file names are left out. */
export function parseDiff(patch: string): FileDiff[] {
  const files: FileDiff[] = [];
  let before = 0;
  let after = 0;
  let left = { before: 0, after: 0 };
  for (const text of patch.split('\n')) {
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@(.*)$/u.exec(text);
    const file = files.at(-1);
    if (hunk && file) {
      before = Number(hunk[1]);
      after = Number(hunk[3]);
      left = { before: Number(hunk[2] ?? 1), after: Number(hunk[4] ?? 1) };
      file.lines.push({ kind: 'hunk', before: '', after: '', text: (hunk[5] ?? '').trim() });
    } else if (left.before === 0 && left.after === 0) {
      const name = /^\+\+\+ (?:b\/)?(.*?)\t?$/u.exec(text)?.[1];
      if (name !== undefined) files.push({ path: name, lines: [] });
    } else if (file && !text.startsWith('\\')) {
      const kind = text.startsWith('+') ? 'added' : text.startsWith('-') ? 'removed' : 'context';
      if (kind !== 'added') left.before--;
      if (kind !== 'removed') left.after--;
      file.lines.push({ kind, before: kind === 'added' ? '' : before++, after: kind === 'removed' ? '' : after++, text: text.slice(1) });
    }
  }
  return files;
}

const SIGNS = { added: '+', removed: '−', context: ' ', hunk: ' ' };

/** The change, coloured; the changed part of a line that was rewritten is marked. */
export function diffHtml(patch: string): Html {
  return html`${parseDiff(patch).map(
    ({ path, lines }) =>
      html`<figure class="diff"><figcaption>${path}</figcaption><div class="code"><table><tbody>${lines.map((line, index) =>
        row(line, counterpart(lines, index)),
      )}</tbody></table></div></figure>`,
  )}`;
}

function row(line: Line, other: string | null): Html {
  if (line.kind === 'hunk')
    return html`<tr class="hunk"><td></td><td></td><td></td><td>${line.text === '' ? '⋯' : `⋯ ${line.text}`}</td></tr>`;
  const code = other === null ? highlight(line.text) : markedLine(line.text, other);
  return html`<tr class="${line.kind}"><td class="no">${line.before}</td><td class="no">${line.after}</td><td class="sign">${SIGNS[line.kind]}</td><td><code>${code}</code></td></tr>`;
}

/** The line that a removed (added) one became (was), when as many were removed as added in a row; null otherwise. */
function counterpart(lines: readonly Line[], index: number): string | null {
  const own = lines[index]?.kind;
  if (own !== 'added' && own !== 'removed') return null;
  let start = index;
  while (['added', 'removed'].includes(lines[start - 1]?.kind ?? '')) start--;
  let end = index;
  while (['added', 'removed'].includes(lines[end + 1]?.kind ?? '')) end++;
  const block = lines.slice(start, end + 1);
  const removed = block.filter(({ kind }) => kind === 'removed');
  const added = block.filter(({ kind }) => kind === 'added');
  if (removed.length !== added.length) return null;
  const line = lines[index];
  const position = line === undefined ? -1 : (own === 'added' ? added : removed).indexOf(line);
  return (own === 'added' ? removed : added)[position]?.text ?? null;
}

const isWord = (char: string | undefined): boolean => char !== undefined && /[\w$]/u.test(char);

/** Marks the words between the common beginning and the common end, unless that is nearly the whole line. */
function markedLine(text: string, other: string): Html[] {
  let head = 0;
  while (head < text.length && head < other.length && text[head] === other[head]) head++;
  let tail = 0;
  while (tail < text.length - head && tail < other.length - head && text.at(-1 - tail) === other.at(-1 - tail)) tail++;
  while (head > 0 && isWord(text[head - 1]) && (isWord(text[head]) || isWord(other[head]))) head--;
  while (tail > 0 && isWord(text.at(-tail)) && (isWord(text.at(-tail - 1)) || isWord(other.at(-tail - 1)))) tail--;
  const middle = text.slice(head, text.length - tail);
  if (middle === '' || head + tail < text.trim().length * 0.3) return highlight(text);
  return [...highlight(text.slice(0, head)), html`<mark>${highlight(middle)}</mark>`, ...highlight(text.slice(text.length - tail))];
}
