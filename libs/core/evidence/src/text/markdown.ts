/** Control characters and bidirectional overrides could make a text read as what it is not. */
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/gu;

const clean = (text: string): string => text.replaceAll('\r\n', '\n').replace(UNSEEN, '\ufffd');

/** Text of others inside a paragraph or a table cell: no markup, no HTML, no mention, one line. */
export const plain = (text: string): string =>
  clean(text)
    .replaceAll('\n', ' ')
    .replace(/[\\`*_{}[\]<>|#~]/gu, (char) => `\\${char}`)
    .replace(/@(?=\w)/gu, '@\u200b');

/** Inline code; the fence is longer than any run of backticks inside (CommonMark 6.1). */
export function code(text: string): string {
  const line = clean(text).replaceAll('\n', ' ').replaceAll('|', '\\|');
  const fence = '`'.repeat(longestRun(line, '`') + 1);
  return line.startsWith('`') || line.endsWith('`') ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}

/** A fenced block (CommonMark 4.5). */
export function block(text: string, language = ''): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text, '`') + 1));
  return `${fence}${language}\n${clean(text).trimEnd()}\n${fence}`;
}

/** Sentences in which `…` is code. */
export const prose = (text: string): string =>
  text
    .split(/`([^`\n]+)`/u)
    .map((part, index) => (index % 2 === 1 ? code(part) : plain(part)))
    .join('');

const longestRun = (text: string, char: string): number => {
  let longest = 0;
  let run = 0;
  for (const each of text) {
    run = each === char ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
};

/** A table; `right` names the columns that are numbers. Cells must be escaped already. */
export function table(head: readonly string[], right: readonly number[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((_, index) => (right.includes(index) ? '--:' : '---'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
