import type { Key, SymbolRef } from './graph.ts';

const wellKnown = new Map<symbol, string>();
for (const name of Object.getOwnPropertyNames(Symbol)) {
  const value: unknown = Reflect.get(Symbol, name);
  if (typeof value === 'symbol') wellKnown.set(value, name);
}
const byName = new Map([...wellKnown].map(([value, name]) => [name, value]));

export function encodeSymbol(value: symbol): SymbolRef {
  const key = Symbol.keyFor(value);
  if (key !== undefined) return { sym: key, kind: 'for' };
  const name = wellKnown.get(value);
  return name === undefined ? { sym: value.description ?? '', kind: 'local' } : { sym: name, kind: 'known' };
}

/** Local symbols of one description are one symbol within one table, so that identity inside a session is kept. */
export function decodeSymbol(ref: SymbolRef, locals: Map<string, symbol>): symbol {
  if (ref.kind === 'for') return Symbol.for(ref.sym);
  if (ref.kind === 'known') return byName.get(ref.sym) ?? Symbol(ref.sym);
  const known = locals.get(ref.sym);
  if (known !== undefined) return known;
  const fresh = Symbol(ref.sym);
  locals.set(ref.sym, fresh);
  return fresh;
}

export const encodeKey = (key: string | symbol): Key => (typeof key === 'string' ? key : encodeSymbol(key));
export const decodeKey = (key: Key, locals: Map<string, symbol>): string | symbol =>
  typeof key === 'string' ? key : decodeSymbol(key, locals);
