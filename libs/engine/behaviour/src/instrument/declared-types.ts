import { isNode, type SyntaxNode } from './syntax.ts';

export interface DeclaredTypes {
  types: string[] | null;
  optional: boolean;
}

const keywords: Record<string, string> = {
  TSStringKeyword: 'string',
  TSNumberKeyword: 'number',
  TSBooleanKeyword: 'boolean',
  TSBigIntKeyword: 'bigint',
  TSSymbolKeyword: 'symbol',
  TSNullKeyword: 'null',
  TSUndefinedKeyword: 'undefined',
  TSArrayType: 'array',
  TSTupleType: 'array',
  TSFunctionType: 'function',
};

/** Simple declared types of a parameter; `types` is null when nothing simple is declared. */
export function declaredTypes(param: SyntaxNode, source: string): DeclaredTypes {
  if (param.type === 'TSParameterProperty') return declaredTypes(param['parameter'] as SyntaxNode, source);
  const pattern = param.type === 'AssignmentPattern' ? (param['left'] as SyntaxNode) : param;
  const optional = param.type === 'AssignmentPattern' || pattern['optional'] === true;
  if (param.type === 'RestElement') return { types: null, optional: true };
  const annotation = pattern['typeAnnotation'];
  const type = isNode(annotation) ? annotation['typeAnnotation'] : null;
  const types = isNode(type) ? typeNames(type, source) : null;
  return { types: types && optional ? [...types, 'undefined'] : types, optional };
}

/** Simple names of a type; null where it is none of those. */
export function typeNames(type: SyntaxNode, source: string): string[] | null {
  if (type.type === 'TSArrayType') {
    const element = typeNames(type['elementType'] as SyntaxNode, source);
    return ['array', ...(element ?? []).map((name) => `of ${name}`)];
  }
  const simple = keywords[type.type];
  if (simple) return [simple];
  if (type.type === 'TSUnionType') {
    const parts = (type['types'] as SyntaxNode[]).map((part) => typeNames(part, source));
    return parts.every((part) => part !== null) ? parts.flat() : null;
  }
  if (type.type === 'TSParenthesizedType') return typeNames(type['typeAnnotation'] as SyntaxNode, source);
  if (type.type === 'TSLiteralType') return [typeof (type['literal'] as SyntaxNode)['value']];
  const text = source.slice(type.start, type.end);
  if (/^(?:Readonly)?Array\b/.test(text) || /^readonly\b/.test(text)) return ['array'];
  return null;
}

const docNames: Record<string, string> = {
  string: 'string',
  number: 'number',
  boolean: 'boolean',
  function: 'function',
  bigint: 'bigint',
  symbol: 'symbol',
  null: 'null',
  undefined: 'undefined',
};

/** Types from `@param {string|number} [name]`. */
export function jsdocTypes(comment: string): Map<string, DeclaredTypes> {
  const out = new Map<string, DeclaredTypes>();
  for (const match of comment.matchAll(/@param\s+\{([^}]*)\}\s+(\[)?([\w$]+)/g)) {
    const [, text = '', bracket, name = ''] = match;
    const optional = bracket !== undefined || text.endsWith('=');
    const parts = text
      .replace(/=$/, '')
      .split('|')
      .map((part) => part.trim());
    const types = parts.flatMap((part) => docTypes(part));
    out.set(name, { types: types.every((type) => type !== null) ? [...types, ...(optional ? ['undefined'] : [])] : null, optional });
  }
  return out;
}

function docTypes(part: string): (string | null)[] {
  const simple = docNames[part.toLowerCase()];
  if (simple) return [simple];
  const element = /^(\w+)\[\]$/.exec(part)?.[1] ?? /^Array\.?<(\w+)>$/.exec(part)?.[1];
  const inner = element === undefined ? undefined : docNames[element.toLowerCase()];
  if (inner !== undefined) return ['array', `of ${inner}`];
  return [/^Array\b|\[\]$/.test(part) ? 'array' : null];
}
