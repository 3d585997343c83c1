const TOKEN =
  /[ \t\r\n]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/uy;

type State = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'comma-or-end' | 'end';

/** Index at which a text stops being JSON (RFC 8259); null when all of it is. V8 does not always tell. */
export function jsonErrorPosition(text: string): number | null {
  const open: string[] = [];
  let state: State = 'value';
  let at = 0;
  while (true) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    const start = skipSpace(text, at);
    if (match === null) return state === 'end' && start === text.length ? null : start;
    const next: State | null = step(state, match, open);
    if (next === null) return start;
    state = next;
    at = TOKEN.lastIndex;
  }
}

/** The state after a token; null when the token may not stand there. Keeps the stack of open brackets. */
function step(state: State, [, punctuation, string]: RegExpExecArray, open: string[]): State | null {
  const closed = (): State => (open.length === 0 ? 'end' : 'comma-or-end');
  if (punctuation === '}' || punctuation === ']') {
    const mayEnd = state === 'comma-or-end' || state === (punctuation === '}' ? 'key-or-end' : 'value-or-end');
    return mayEnd && open.pop() === punctuation ? closed() : null;
  }
  switch (state) {
    case 'value':
    case 'value-or-end':
      if (punctuation === undefined) return closed();
      if (punctuation !== '{' && punctuation !== '[') return null;
      open.push(punctuation === '{' ? '}' : ']');
      return punctuation === '{' ? 'key-or-end' : 'value-or-end';
    case 'key':
    case 'key-or-end':
      return string === undefined ? null : 'colon';
    case 'colon':
      return punctuation === ':' ? 'value' : null;
    case 'comma-or-end':
      return punctuation !== ',' ? null : open.at(-1) === '}' ? 'key' : 'value';
    default:
      return null;
  }
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\r\n'.includes(text[at] ?? '')) at++;
  return at;
}
