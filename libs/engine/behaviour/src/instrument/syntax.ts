import { parse, type ParserOptions } from '@babel/parser';
import { CodeOptimaError } from '@codeoptima/contracts';

/** A syntax node, as far as this package looks at it. */
export interface SyntaxNode {
  type: string;
  start: number;
  end: number;
  loc?: { start: { line: number }; end: { line: number } };
  [field: string]: unknown;
}

const skipped = new Set(['loc', 'extra', 'leadingComments', 'trailingComments', 'innerComments', 'errors', 'tokens', 'comments']);

export const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && typeof (value as SyntaxNode).type === 'string';

/** Direct children in source order of the fields. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const out: SyntaxNode[] = [];
  for (const [field, value] of Object.entries(node)) {
    if (skipped.has(field)) continue;
    if (Array.isArray(value)) out.push(...value.filter(isNode));
    else if (isNode(value)) out.push(value);
  }
  return out;
}

export function walk(
  node: SyntaxNode,
  visit: (node: SyntaxNode, parents: SyntaxNode[]) => boolean | void,
  parents: SyntaxNode[] = [],
): void {
  if (visit(node, parents) === false) return;
  const inner = [...parents, node];
  for (const child of childrenOf(node)) walk(child, visit, inner);
}

export const isFunction = (node: SyntaxNode): boolean =>
  /^(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression|ObjectMethod|ClassMethod|ClassPrivateMethod)$/.test(node.type);
export const isClass = (node: SyntaxNode): boolean => node.type === 'ClassDeclaration' || node.type === 'ClassExpression';

export const isTypeScript = (file: string): boolean => /\.[mc]?tsx?$/.test(file);

/** @throws CodeOptimaError bad_input when the text is not valid JavaScript or TypeScript. */
export function parseModule(source: string, file: string): { program: SyntaxNode; comments: SyntaxNode[] } {
  const plugins: NonNullable<ParserOptions['plugins']> = ['decorators'];
  if (isTypeScript(file)) plugins.push('typescript');
  if (!/\.[mc]?ts$/.test(file)) plugins.push('jsx');
  try {
    const tree = parse(source, { sourceType: 'unambiguous', allowReturnOutsideFunction: true, plugins });
    return { program: tree.program as unknown as SyntaxNode, comments: (tree.comments ?? []) as unknown as SyntaxNode[] };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CodeOptimaError('bad_input', `The file ${file} is not valid: ${reason}.`, { ids: { path: file } });
  }
}

/** Where a statement may be put that runs first: after a hashbang and directives. */
export function firstStatementOffset(program: SyntaxNode, source: string): number {
  const directives = program['directives'] as SyntaxNode[] | undefined;
  const last = directives?.at(-1);
  if (last) return last.end;
  const interpreter = program['interpreter'];
  return isNode(interpreter) ? source.indexOf('\n', interpreter.end) + 1 || source.length : 0;
}
