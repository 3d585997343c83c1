import { isNode, type SyntaxNode } from './syntax.ts';

export interface DeclaredTypes {
  types: string[] | null;
  optional: boolean;
  /** The type as it is written in a JSDoc comment. */
  text?: string;
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
  const element = elementOf(type);
  if (element) return ['array', ...(typeNames(element, source) ?? []).map((name) => `of ${name}`)];
  const simple = keywords[type.type];
  if (simple) return [simple];
  if (type.type === 'TSUnionType') {
    const parts = (type['types'] as SyntaxNode[]).map((part) => typeNames(part, source));
    return parts.every((part) => part !== null) ? parts.flat() : null;
  }
  if (type.type === 'TSParenthesizedType') return typeNames(type['typeAnnotation'] as SyntaxNode, source);
  if (type.type === 'TSLiteralType') {
    const literal = type['literal'] as SyntaxNode;
    return /^(?:String|Numeric|Boolean)Literal$/.test(literal.type) ? [typeof literal['value']] : null;
  }
  if (type.type === 'TSTypeReference' && nameOf(type) === 'AbortSignal') return ['signal'];
  const text = source.slice(type.start, type.end);
  if (/^(?:Readonly)?Array\b/.test(text) || /^readonly\b/.test(text)) return ['array'];
  return null;
}

/** What a list type holds: `T[]`, `readonly T[]`, `Array<T>`, `ReadonlyArray<T>`. */
export function elementOf(type: SyntaxNode): SyntaxNode | null {
  if (type.type === 'TSArrayType') return type['elementType'] as SyntaxNode;
  if (type.type === 'TSTypeOperator' && isNode(type['typeAnnotation'])) return elementOf(type['typeAnnotation']);
  const given = type['typeArguments'] ?? type['typeParameters'];
  if (type.type !== 'TSTypeReference' || !/^(?:Readonly)?Array$/.test(nameOf(type)) || !isNode(given)) return null;
  return (given['params'] as SyntaxNode[])[0] ?? null;
}

export const nameOf = (type: SyntaxNode): string => (isNode(type['typeName']) ? String(type['typeName']['name']) : '');

const docNames: Record<string, string> = {
  string: 'string',
  number: 'number',
  boolean: 'boolean',
  function: 'function',
  bigint: 'bigint',
  symbol: 'symbol',
  null: 'null',
  undefined: 'undefined',
  abortsignal: 'signal',
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
    out.set(name, { types: types.every((type) => type !== null) ? [...types, ...(optional ? ['undefined'] : [])] : null, optional, text });
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
