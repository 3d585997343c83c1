export interface Token {
  kind: 'number' | 'name' | 'sign';
  text: string;
}

/** Tokens of an expression. */
export function tokens(text: string): Token[] {
  const out: Token[] = [];
  let rest = text;
  while (rest.length > 0) {
    const space = /^\s+/.exec(rest);
    const number = /^\d+(?:\.\d+)?/.exec(rest);
    const name = /^[a-z_]\w*/i.exec(rest);
    const found = space ?? number ?? name ?? /^[-+*/()=]/.exec(rest);
    if (!found) throw new SyntaxError(`unexpected ${rest[0]}`);
    if (!space) out.push({ kind: number ? 'number' : name ? 'name' : 'sign', text: found[0] });
    rest = rest.slice(found[0].length).split('').join('');
  }
  return out;
}
