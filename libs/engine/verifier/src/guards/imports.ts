import { posix } from 'node:path';
import type { ChangedSource, Finding } from './finding.ts';
import { isJudge } from './paths.ts';
import { chain, child, children, type Node, walk } from './syntax.ts';

/** Modules that a file names by a text, with the line: imports, re-exports, `require` and `import()`. */
function namedModules(tree: Node | null): Map<string, number> {
  const found = new Map<string, number>();
  if (!tree) return found;
  walk(tree, (node) => {
    const called = node.type === 'CallExpression' && /^require(\.resolve)?$/.test(chain(child(node, 'callee')) ?? '');
    const source = called ? (children(node, 'arguments')[0] ?? null) : child(node, 'source');
    if (source?.type === 'StringLiteral') found.set(String(source['value']), node.loc.start.line);
    return;
  });
  return found;
}

/** New imports of files that judge the change, of data, and of compiled code: a module cannot look at its own exam. */
export function guardImports(source: ChangedSource, base: Node | null, candidate: Node): Finding[] {
  const before = namedModules(base);
  return [...namedModules(candidate)].flatMap(([name, line]): Finding[] => {
    if (before.has(name)) return [];
    const found = (guard: string, severity: Finding['severity'], message: string): Finding[] => [
      { guard, severity, file: source.file, line, message },
    ];
    const path = name.startsWith('.') ? posix.join(posix.dirname(source.file), name) : null;
    if (path !== null && !path.startsWith('..') && isJudge(path) && !isJudge(source.file))
      return found('judge-import', 'refused', `${name} is a file that judges the change.`);
    if (path?.startsWith('..')) return found('judge-import', 'refused', `${name} lies outside the repository.`);
    if (/\.(node|wasm)$/.test(name)) return found('dynamic-code', 'refused', `${name} is compiled code that nobody can read.`);
    return /\.json$/.test(name) ? found('data-import', 'needs_person', `${name} is data that the file did not read.`) : [];
  });
}
