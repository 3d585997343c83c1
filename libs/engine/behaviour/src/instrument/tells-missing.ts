import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../runtime/graph.ts';
import { functionsOf } from './functions.ts';
import { readOwn } from './own-files.ts';
import { isNode, type SyntaxNode, walk } from './syntax.ts';

/** Whether a changed function of the tree takes care to tell a property that is not there from one without a value. */
export function tellsMissing(dir: string, manifest: Manifest): boolean {
  const changed = manifest.functions.filter((meta) => meta.changed);
  return [...new Set(changed.map((meta) => meta.file))].some((file) => {
    if (!existsSync(join(dir, file))) return false;
    const symbols = new Set(changed.filter((meta) => meta.file === file).map((meta) => meta.symbol));
    return functionsOf(readOwn(dir, file), file).functions.some((info) => symbols.has(info.meta.symbol) && doesTell(info.node));
  });
}

function doesTell(fn: SyntaxNode): boolean {
  let found = false;
  walk(fn, (node, parents) => {
    const asked = askedOf(node);
    if (asked === null) return;
    // Within a loop over its keys an object is asked what is its own: that its keys are there is known.
    const isOfLoop = parents.some(
      (outer) => outer.type === 'ForInStatement' && isNode(outer['right']) && outer['right']['name'] === asked['name'],
    );
    if (!isOfLoop || asked.type !== 'Identifier') found = true;
  });
  return found;
}

/** The object that is asked whether it has a property: of `key in object`, `hasOwn`, `Reflect.has` and `hasOwnProperty`, also by way of `call`. */
function askedOf(node: SyntaxNode): SyntaxNode | null {
  if (node.type === 'BinaryExpression' && node['operator'] === 'in') return node['right'] as SyntaxNode;
  const callee = node.type === 'CallExpression' && isNode(node['callee']) ? node['callee'] : null;
  const method = callee ? nameOf(callee) : null;
  if (!callee || method === null) return null;
  const owner = callee['object'] as SyntaxNode;
  const [first] = node['arguments'] as SyntaxNode[];
  if (method === 'hasOwnProperty') return owner;
  const isCalledFor = method === 'call' && nameOf(owner) === 'hasOwnProperty';
  return isCalledFor || method === 'hasOwn' || (method === 'has' && owner['name'] === 'Reflect') ? (first ?? null) : null;
}

const nameOf = (node: SyntaxNode): string | null =>
  node.type === 'MemberExpression' && isNode(node['property']) ? String(node['property']['name']) : null;
