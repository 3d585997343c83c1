/** Text that is HTML already. Everything else is escaped where it is put in, so that a hostile name stays a name. */
export class Html {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

export type Content = Html | string | number | null | readonly Content[];

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Control characters and bidirectional overrides have no place in a report: they could make text read as what it is not. */
const UNSEEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/gu;

export const escape = (text: string): string => text.replace(UNSEEN, '\ufffd').replace(/[&<>"']/gu, (char) => ESCAPES[char] ?? char);

/** Template tag: what is written stands as it is, what is put in is escaped unless it is Html. Attributes must be quoted. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  let text = strings[0] ?? '';
  for (const [index, value] of values.entries()) text += render(value) + (strings[index + 1] ?? '');
  return new Html(text);
}

function render(value: Content): string {
  if (value === null) return '';
  if (value instanceof Html) return value.toString();
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : value.toFixed(2);
  if (typeof value === 'string') return escape(value);
  return value.map(render).join('');
}

/** Sentences in which `…` is code. */
export const prose = (text: string): Html =>
  html`${text.split(/`([^`\n]+)`/u).map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;

export const NOTHING = new Html('');
