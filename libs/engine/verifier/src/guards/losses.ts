import { plural } from '@codeoptima/contracts';
import type { ChangedSource, Finding } from './finding.ts';
import { chain, child, children, isFunction, type Node, walk } from './syntax.ts';

interface Counts {
  awaits: number;
  throws: number;
  floating: { text: string; line: number }[];
  swallowing: { line: number }[];
}

const names_of_async = (tree: Node): Set<string> => {
  const names = new Set<string>();
  walk(tree, (node) => {
    if (node.type === 'AwaitExpression') {
      const argument = child(node, 'argument');
      const callee = argument && /CallExpression$/.test(argument.type) ? chain(child(argument, 'callee')) : null;
      if (callee) names.add(callee);
    }
    const name = child(node, 'id')?.['name'];
    const made = node.type === 'VariableDeclarator' ? child(node, 'init') : node;
    if (made?.['async'] === true && typeof name === 'string') names.add(name);
    return;
  });
  return names;
};

/** A catch that neither throws again nor uses what it caught, or a rejection handler that does nothing. */
function swallows(node: Node): boolean {
  if (node.type === 'CatchClause') {
    const body = child(node, 'body');
    let passes_on = false;
    const param = child(node, 'param')?.['name'];
    if (body)
      walk(body, (inner) => {
        // To name the error and to do nothing with it is no use of it.
        const idle =
          inner.type === 'ExpressionStatement' || (inner.type === 'UnaryExpression' && /^(void|typeof)$/.test(String(inner['operator'])));
        if (idle && /^(Identifier|UnaryExpression)$/.test(child(inner, 'expression')?.type ?? child(inner, 'argument')?.type ?? ''))
          return false;
        if (inner.type === 'ThrowStatement' || (inner.type === 'Identifier' && inner['name'] === param && param !== undefined))
          passes_on = true;
        return;
      });
    return !passes_on;
  }
  const called = /CallExpression$/.test(node.type) ? child(node, 'callee') : null;
  if (called && child(called, 'property')?.['name'] === 'catch') {
    const handler = children(node, 'arguments')[0];
    return handler !== undefined && children(handler, 'params').length === 0 && handler.type.includes('Function');
  }
  return false;
}

/** An async function, or one that hands on what an async function gives. */
const isAsynchronous = (node: Node, asynchronous: ReadonlySet<string>): boolean => {
  if (!isFunction(node)) return node.type === 'Identifier' && asynchronous.has(String(node['name']));
  if (node['async'] === true) return true;
  let calls = false;
  walk(node, (inner) => {
    if (inner.type === 'AwaitExpression') return false;
    if (/CallExpression$/.test(inner.type) && asynchronous.has(chain(child(inner, 'callee')) ?? '')) calls = true;
    return;
  });
  return calls;
};

/** A promise chain that stands alone, or async work begun for each item: nobody waits for it. */
const floats = (node: Node | null, asynchronous: ReadonlySet<string>): string | null => {
  if (!node || !/CallExpression$/.test(node.type)) return null;
  const callee = child(node, 'callee');
  if (callee && isFunction(callee) && callee['async'] === true) return 'async ';
  if (/^(forEach|map|flatMap|filter|some|every|reduce)$/.test(String(callee && child(callee, 'property')?.['name'])))
    return children(node, 'arguments').some((item) => isAsynchronous(item, asynchronous)) ? '.forEach' : null;
  const name = callee && child(callee, 'property')?.['name'];
  return name === 'then' || name === 'finally' || name === 'catch' ? `.${name}` : null;
};

/** A `finally` that ends the function drops whatever was thrown. */
function endsInFinally(node: Node): boolean {
  const block = node.type === 'TryStatement' ? child(node, 'finalizer') : null;
  let ends = false;
  if (block)
    walk(block, (inner) => {
      if (isFunction(inner)) return false;
      if (/^(Return|Break|Continue)Statement$/.test(inner.type)) ends = true;
      return;
    });
  return ends;
}

function count(tree: Node, asynchronous: ReadonlySet<string>): Counts {
  const counts: Counts = { awaits: 0, throws: 0, floating: [], swallowing: [] };
  walk(tree, (node) => {
    if (node.type === 'AwaitExpression' || (node.type === 'ForOfStatement' && node['await'] === true)) counts.awaits += 1;
    if (node.type === 'ThrowStatement') counts.throws += 1;
    if (swallows(node) || endsInFinally(node)) counts.swallowing.push({ line: node.loc.start.line });
    if (node.type === 'ExpressionStatement') {
      let inner = child(node, 'expression');
      if (inner?.type === 'UnaryExpression' && inner['operator'] === 'void') inner = child(inner, 'argument');
      const callee = inner && /CallExpression$/.test(inner.type) ? chain(child(inner, 'callee')) : null;
      const chained = floats(inner, asynchronous);
      if (callee && asynchronous.has(callee)) counts.floating.push({ text: callee, line: node.loc.start.line });
      else if (chained) counts.floating.push({ text: chained, line: node.loc.start.line });
    }
    return;
  });
  return counts;
}

/** What may not get lost on the way: waiting, failing, and telling about failures. */
export function guardLosses(source: ChangedSource, base: Node | null, candidate: Node): Finding[] {
  if (!base) return [];
  const asynchronous = new Set([...names_of_async(base), ...names_of_async(candidate)]);
  const before = count(base, asynchronous);
  const after = count(candidate, asynchronous);
  const findings: Finding[] = [];
  const add = (guard: string, severity: Finding['severity'], line: number, message: string): void =>
    void findings.push({ guard, severity, file: source.file, line, message });
  const floating = after.floating.find((item) => source.added.has(item.line));
  if (floating && after.floating.length > before.floating.length)
    add('fire-and-forget', 'refused', floating.line, `${floating.text}() is no longer waited for.`);
  else if (after.awaits < before.awaits)
    add(
      'fewer-awaits',
      'needs_person',
      [...source.added][0] ?? 1,
      `The change waits ${plural(before.awaits - after.awaits, 'time')} less.`,
    );
  const swallowing = after.swallowing.find((item) => source.added.has(item.line));
  if (swallowing && after.swallowing.length > before.swallowing.length)
    add('swallowed-error', 'refused', swallowing.line, 'An error is caught and dropped.');
  if (after.throws < before.throws)
    add('fewer-throws', 'needs_person', [...source.added][0] ?? 1, `The change throws in ${before.throws - after.throws} places less.`);
  return findings;
}
