import { parse } from '@babel/parser';
import type { SourceFile } from './tree.ts';

export interface FoundFunction {
  name: string;
  line: number;
  lines: number;
}

interface Node {
  type: string;
  loc?: { start: { line: number }; end: { line: number } } | null;
  [key: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

/** Every function of a source file with its length in lines. */
export function parseFunctions(file: SourceFile): FoundFunction[] {
  const tree = parse(file.text, { sourceType: 'module', plugins: ['typescript', ...(file.path.endsWith('x') ? (['jsx'] as const) : [])] });
  const found: FoundFunction[] = [];
  const visit = (node: Node, name: string): void => {
    if (/Function|Method/.test(node.type) && !node.type.startsWith('TS') && node.loc && isNode(node['body'])) {
      found.push({ name, line: node.loc.start.line, lines: node.loc.end.line - node.loc.start.line + 1 });
    }
    for (const value of Object.values(node)) {
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(child, nameOf(child) ?? name);
    }
  };
  visit(tree.program as unknown as Node, file.path);
  return found;
}

function nameOf(node: Node): string | null {
  const id = node['id'] ?? node['key'];
  return isNode(id) && typeof id['name'] === 'string' ? id['name'] : null;
}
