import type { ChangedSource, Finding } from './finding.ts';
import { hasMore, type Moves, type Occurrence, type Occurrences, textAround } from './moves.ts';
import { type GlobalUse, globalUses } from './scopes.ts';
import { chain, child, children, type Node } from './syntax.ts';

/** Built-ins that compute and touch nothing outside; anything else that is global needs a reason. */
const PURE = new Set(
  `Object Array Map Set WeakMap WeakSet String Number Boolean BigInt Symbol Math JSON RegExp Promise Error TypeError RangeError SyntaxError
  ReferenceError EvalError URIError AggregateError ArrayBuffer DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array
  Int32Array Uint32Array Float64Array BigInt64Array BigUint64Array Intl Iterator Buffer TextEncoder TextDecoder URL URLSearchParams parseInt
  parseFloat isNaN isFinite NaN Infinity undefined encodeURI encodeURIComponent decodeURI decodeURIComponent escape unescape structuredClone
  atob btoa AbortController AbortSignal DOMException EventTarget Blob exports arguments`.split(/\s+/),
);

/** What other guards name in words of their own. */
const BY_GUARD: Readonly<Record<string, [guard: string, why: string]>> = {
  eval: ['dynamic-code', 'makes code at run time'],
  Function: ['dynamic-code', 'makes code at run time'],
  WebAssembly: ['dynamic-code', 'makes code at run time'],
  require: ['dynamic-code', 'loads modules by a computed name'],
  module: ['dynamic-code', 'reaches the module system'],
  globalThis: ['global-state', 'reaches the global object'],
  global: ['global-state', 'reaches the global object'],
  window: ['global-state', 'reaches the global object'],
  self: ['global-state', 'reaches the global object'],
  setTimeout: ['clock-or-timer', 'uses a clock or a timer'],
  setInterval: ['clock-or-timer', 'uses a clock or a timer'],
  setImmediate: ['clock-or-timer', 'uses a clock or a timer'],
  queueMicrotask: ['clock-or-timer', 'uses a clock or a timer'],
  performance: ['clock-or-timer', 'uses a clock or a timer'],
  scheduler: ['clock-or-timer', 'uses a clock or a timer'],
  Date: ['clock-or-timer', 'uses a clock or a timer'],
  Event: ['clock-or-timer', 'carries the time'],
  Atomics: ['clock-or-timer', 'can wait and share memory'],
  SharedArrayBuffer: ['clock-or-timer', 'can wait and share memory'],
  Float32Array: ['weaker-precision', 'computes with less precision'],
  Float16Array: ['weaker-precision', 'computes with less precision'],
  Proxy: ['proxy-or-reflection', 'intercepts or reflects'],
  Reflect: ['proxy-or-reflection', 'intercepts or reflects'],
  WeakRef: ['proxy-or-reflection', 'intercepts or reflects'],
  FinalizationRegistry: ['proxy-or-reflection', 'intercepts or reflects'],
};
const NEEDS_PERSON = new Set(['proxy-or-reflection']);

/** Names taken out of Math that are more than arithmetic. */
const OF_MATH: Readonly<Record<string, [string, string]>> = {
  random: ['randomness', 'uses a random source'],
  fround: ['weaker-precision', 'computes with less precision'],
  f16round: ['weaker-precision', 'computes with less precision'],
};

const UNKNOWN = ['unknown-global', 'uses a global that is none of the language'] as const;
const RENAMED = ['proxy-or-reflection', 'takes a built-in by another name'] as const;

const whyOf = (key: string): string => (key === 'Math' ? RENAMED : (OF_MATH[key.replace('Math.', '')] ?? BY_GUARD[key] ?? UNKNOWN))[1];

/** The guard, with a key that tells kinds of use apart; null where the use is harmless. */
function judge({ name, node, ancestors }: GlobalUse): [guard: string, key: string] | null {
  const parent = ancestors.at(-1);
  if (name === 'Math') return ofMath(node, parent);
  if (PURE.has(name)) return null;
  if (isHarmless(name, node, parent)) return null;
  return [(BY_GUARD[name] ?? UNKNOWN)[0], name];
}

function isHarmless(name: string, node: Node, parent: Node | undefined): boolean {
  if (!parent) return false;
  if (parent.type === 'BinaryExpression' && parent['operator'] === 'instanceof' && parent['right'] === node) return true;
  if (parent.type === 'UnaryExpression' && parent['operator'] === 'typeof') return name === 'Function' || name === 'Date';
  // Whether there is a module system at all is no way to load anything.
  if (/^(require|module)$/.test(name) && parent.type === 'BinaryExpression' && /^[!=]==?$/.test(String(parent['operator']))) return true;
  const path = parent['object'] === node ? chain(parent) : null;
  if (name === 'require')
    return parent.type === 'CallExpression' && parent['callee'] === node && children(parent, 'arguments')[0]?.type === 'StringLiteral';
  if (name === 'module') return path === 'module.exports';
  if (name === 'Date')
    return (
      (parent.type === 'NewExpression' && parent['callee'] === node && children(parent, 'arguments').length > 0) ||
      (path !== null && /^Date\.(UTC|parse|prototype)$/.test(path))
    );
  // A name of the global object that is spelled out is judged by that name.
  if (/^(globalThis|global|window|self)$/.test(name)) return path !== null && PURE.has(path.split('.')[1] ?? '');
  return name === 'Function' && path !== null && /^Function\.prototype\.(call|apply|bind)$/.test(path);
}

function ofMath(node: Node, parent: Node | undefined): [string, string] | null {
  const property = parent?.['object'] === node ? child(parent, 'property') : null;
  const literal =
    property?.type === 'StringLiteral'
      ? (property['value'] as string)
      : property && !parent?.['computed']
        ? (property['name'] as string)
        : null;
  const taken = parent?.type === 'VariableDeclarator' ? children(child(parent, 'id') ?? parent, 'properties') : [];
  const names = literal === null ? taken.map((item) => String(child(item, 'key')?.['name'])) : [literal];
  for (const name of names) {
    const found = OF_MATH[name];
    if (found) return [found[0], `Math.${name}`];
  }
  // Under another name, or by a computed one, nobody sees what is taken.
  return names.length === 0 && parent?.type !== 'ObjectProperty' ? [RENAMED[0], 'Math'] : null;
}

/** Uses of globals that need a reason, by `guard key`. */
export function globalOccurrences(tree: Node | null, source: string): Occurrences {
  const found = new Map<string, Occurrence[]>();
  for (const use of tree ? globalUses(tree) : []) {
    const verdict = judge(use);
    if (!verdict) continue;
    const id = verdict.join(' ');
    found.set(id, [...(found.get(id) ?? []), { line: use.node.loc.start.line, around: textAround(source, use.ancestors), place: null }]);
  }
  return found;
}

/** Uses of globals that the candidate has more often than the base. */
export function guardGlobals(source: ChangedSource, before: Occurrences, after: Occurrences, moves: Moves): Finding[] {
  return [...after].flatMap(([id, places]): Finding[] => {
    const known = before.get(id) ?? [];
    if (!hasMore(known, places)) return [];
    const [guard = '', name = ''] = id.split(' ');
    const from = moves.origin(id, known, places);
    const line = places.find((at) => source.added.has(at.line))?.line ?? places[0]?.line ?? 1;
    const severity = from !== null || NEEDS_PERSON.has(guard) ? 'needs_person' : 'refused';
    const message = `The change ${whyOf(name)}: ${name}${from === null ? '' : `, in a function that stood in ${from}`}.`;
    return [{ guard, severity, file: source.file, line, message }];
  });
}
