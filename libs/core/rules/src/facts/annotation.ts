import type { Node } from '../syntax/node.ts';
import type { StaticType, TypeName } from './static-type.ts';

const NAMED: Record<string, TypeName> = {
  Array: 'array',
  ReadonlyArray: 'array',
  Set: 'set',
  ReadonlySet: 'set',
  Map: 'map',
  ReadonlyMap: 'map',
  RegExp: 'regexp',
  Buffer: 'buffer',
  Uint8Array: 'buffer',
};

const KEYWORDS: Record<string, TypeName> = {
  TSStringKeyword: 'string',
  TSNumberKeyword: 'number',
  TSBooleanKeyword: 'boolean',
  TSBigIntKeyword: 'bigint',
  TSTemplateLiteralType: 'string',
};

const of = (name: TypeName, element: StaticType | null = null): StaticType => ({ name, element, dense: false });

/** Reads a TypeScript annotation. An array type says nothing about holes. */
export function annotationType(node: Node | null | undefined): StaticType | null {
  if (!node) return null;
  const keyword = KEYWORDS[node.type];
  if (keyword) return of(keyword);
  switch (node.type) {
    case 'TSTypeAnnotation':
      return annotationType(node.typeAnnotation);
    case 'TSParenthesizedType':
      return annotationType(node.typeAnnotation);
    case 'TSTypeOperator':
      return node.operator === 'readonly' ? annotationType(node.typeAnnotation) : null;
    case 'TSArrayType':
      return of('array', annotationType(node.elementType));
    case 'TSTupleType':
      return of('array');
    case 'TSLiteralType':
      return node.literal.type === 'StringLiteral' ? of('string') : node.literal.type === 'NumericLiteral' ? of('number') : null;
    case 'TSUnionType': {
      const types = node.types.map((type) => annotationType(type));
      const [first] = types;
      return first && types.every((type) => type?.name === first.name) ? of(first.name) : null;
    }
    case 'TSTypeReference': {
      if (node.typeName.type !== 'Identifier') return null;
      const name = NAMED[node.typeName.name];
      if (!name) return null;
      return of(name, name === 'array' ? annotationType(node.typeArguments?.params[0]) : null);
    }
    default:
      return null;
  }
}
