export interface Token {
  kind: 'number' | 'name' | 'sign';
  text: string;
}

/** Tokens of an expression. */
export function tokens(text: string): Token[] {
  const out: Token[] = [];
  const any = /(\s+)|(\d+(?:\.\d+)?)|([a-z_]\w*)|([-+*/()=])/iy;
  let at = 0;
  while (at < text.length) {
    any.lastIndex = at;
    const found = any.exec(text);
    if (!found) throw new SyntaxError(`unexpected ${text[at]}`);
    if (found[1] === undefined) out.push({ kind: found[2] !== undefined ? 'number' : found[3] !== undefined ? 'name' : 'sign', text: found[0] });
    at += found[0].length;
  }
  return out;
}
