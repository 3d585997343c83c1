import type { ChangedSource, Finding } from './finding.ts';
import { chain, child, children, isFunction, type Node, walk } from './syntax.ts';

/** Constructors and calls that are cheap, pure and usual for a constant. */
const CHEAP =
  /^(RegExp|Set|Map|WeakMap|WeakSet|Symbol|Symbol\.for|Object\.freeze|Object\.create|TextEncoder|TextDecoder|Intl\.\w+|String\.raw|Uint8Array|Uint16Array|Uint32Array|Int32Array|Float64Array|Array|Number|BigInt|require|Object\.keys|Object\.entries|Object\.assign)$/;

const MESSAGES = {
  loop: 'A loop runs when the module is loaded.',
  call: 'A call runs when the module is loaded.',
  wait: 'Loading the module waits for something.',
};

/** More elements than a constant needs; what fills them is computed before anybody asks. */
const TABLE_MAX = 256;

const sizeIn = (node: Node | null): number => {
  if (node?.type === 'NumericLiteral') return node['value'] as number;
  const length =
    node?.type === 'ObjectExpression' ? children(node, 'properties').find((item) => child(item, 'key')?.['name'] === 'length') : undefined;
  return length ? sizeIn(child(length, 'value')) : 0;
};

/** `Array.from({ length: 10_000 }, …)`, `new Array(10_000)`, `'x'.repeat(10_000)`: a loop without the word. */
function isLargeTable(node: Node): boolean {
  if (!/^(Call|New)Expression$/.test(node.type)) return false;
  const callee = chain(child(node, 'callee')) ?? String(child(child(node, 'callee') ?? node, 'property')?.['name']);
  return (
    /^(Array|Array\.from|\w*Array|(.*\.)?(repeat|padEnd|padStart))$/.test(callee) &&
    sizeIn(children(node, 'arguments')[0] ?? null) > TABLE_MAX
  );
}

/** Whether a call runs a function that is written in its place, `(function () { … })()`, whatever it is handed. */
const isAtOnce = (call: Node | undefined): boolean => {
  const callee = call && /CallExpression$/.test(call.type) ? child(call, 'callee') : null;
  return callee !== null && isFunction(callee);
};

/** The text of a call; of one that runs a function in its place the bodies are left out, since what runs in them is found on its own. */
function textOf(node: Node, source: string): string {
  if (!isAtOnce(node)) return source.slice(node.start, node.end);
  const bodies = [child(node, 'callee'), ...children(node, 'arguments')].flatMap((part) =>
    part && isFunction(part) ? (child(part, 'body') ?? []) : [],
  );
  let [text, at] = ['', node.start];
  for (const body of bodies) {
    text += `${source.slice(at, body.start)}{}`;
    at = body.end;
  }
  return text + source.slice(at, node.end);
}

/** Text of every top-level statement of a tree that does work when the module is loaded, with its line. */
function workAtImport(tree: Node, source: string): { text: string; line: number; kind: 'loop' | 'call' | 'wait' }[] {
  const found: { text: string; line: number; kind: 'loop' | 'call' | 'wait' }[] = [];
  for (const statement of children(tree, 'body')) {
    walk(statement, (node, ancestors) => {
      if (isFunction(node)) {
        // What such a function is handed, it may well call.
        if (!isAtOnce(ancestors.at(-1))) return false;
      }
      if (/^(For|While|DoWhile|ForIn|ForOf)Statement$/.test(node.type))
        found.push({ text: source.slice(node.start, node.end), line: node.loc.start.line, kind: 'loop' });
      else if (node.type === 'AwaitExpression')
        found.push({ text: source.slice(node.start, node.end), line: node.loc.start.line, kind: 'wait' });
      else if (isLargeTable(node)) found.push({ text: source.slice(node.start, node.end), line: node.loc.start.line, kind: 'loop' });
      else if (/^(Call|New|OptionalCall|TaggedTemplate)Expression$/.test(node.type) && !CHEAP.test(chain(child(node, 'callee')) ?? '')) {
        found.push({ text: textOf(node, source), line: node.loc.start.line, kind: 'call' });
      }
      return;
    });
  }
  return found;
}

/** Work that was done in a call may not move to the loading of the module, where no workload counts it. */
export function guardImportWork(source: ChangedSource, base: Node | null, candidate: Node): Finding[] {
  const known = new Set(base && source.base !== null ? workAtImport(base, source.base).map((work) => work.text) : []);
  return workAtImport(candidate, source.candidate ?? '')
    .filter((work) => !known.has(work.text))
    .map((work) => ({
      guard: 'work-at-import',
      severity: work.kind === 'call' ? ('needs_person' as const) : ('refused' as const),
      file: source.file,
      line: work.line,
      message: MESSAGES[work.kind],
    }));
}
