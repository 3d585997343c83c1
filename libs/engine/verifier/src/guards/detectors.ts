import type { Finding } from './finding.ts';
import { chain, child, children, type Node } from './syntax.ts';

/** A construct that a performance change has no business to add. `match` answers with a key that tells occurrences apart. */
export interface Detector {
  guard: string;
  severity: Finding['severity'];
  why: string;
  match(node: Node): string | null;
}

const MODULES =
  /^(node:)?(process|fs|fs\/promises|net|tls|dgram|dns|http|https|http2|child_process|cluster|worker_threads|inspector|perf_hooks|timers|timers\/promises|vm|module|v8|os|repl|async_hooks|diagnostics_channel|trace_events|wasi|test|assert|assert\/strict)$/;

const importedModule = (node: Node): string | null => {
  if (/^(Import|ExportNamed|ExportAll)Declaration$/.test(node.type))
    return (child(node, 'source')?.['value'] as string | undefined) ?? null;
  if (node.type === 'CallExpression' && chain(child(node, 'callee')) === 'require') {
    const [argument] = children(node, 'arguments');
    return argument?.type === 'StringLiteral' ? (argument['value'] as string) : '<computed>';
  }
  return null;
};

const reads =
  (pattern: RegExp) =>
  (node: Node): string | null => {
    if (!/^((Optional)?MemberExpression|Identifier|MetaProperty)$/.test(node.type)) return null;
    const text = chain(node)?.replace(/^(globalThis|global|window|self)\./, '');
    return text && pattern.test(text) ? text : null;
  };

const calls =
  (pattern: RegExp) =>
  (node: Node): string | null => {
    if (!/^(OptionalCall|Call|New)Expression$/.test(node.type)) return null;
    const text = chain(child(node, 'callee'))?.replace(/^(globalThis|global|window|self)\./, '');
    return text && pattern.test(text) ? text : null;
  };

const BUILT_IN =
  /^(Object|Function|Array|String|Number|Boolean|Symbol|Date|Math|JSON|Promise|RegExp|Map|Set|WeakMap|WeakSet|Error|Proxy|Reflect|Intl|BigInt|Buffer|process|performance|console|globalThis|global|window|self|assert|expect|Iterator|ArrayBuffer|[A-Z]\w*Array)(\.|$)/;

const assigned = (node: Node): Node | null => {
  if (node.type === 'AssignmentExpression') return child(node, 'left');
  if (node.type === 'UpdateExpression') return child(node, 'argument');
  if (node.type === 'UnaryExpression' && node['operator'] === 'delete') return child(node, 'argument');
  return null;
};

/** The name of a property, spelled or as text; null when it is computed. */
const propertyOf = (node: Node): string | null => {
  const property = child(node, 'property');
  if (!property) return null;
  if (property.type === 'StringLiteral') return property['value'] as string;
  return node['computed'] === true ? null : ((property['name'] as string | undefined) ?? null);
};

/** A prototype on the way to what is assigned, whatever the way begins with. */
const prototypeIn = (node: Node | null): string | null => {
  for (let at = node; at; at = child(at, 'object')) {
    const name = /MemberExpression$/.test(at.type) ? propertyOf(at) : null;
    if (name === 'prototype' || name === '__proto__') return name;
    if (/^(Object|Reflect)\.getPrototypeOf$/.test(chain(child(at, 'callee')) ?? '')) return 'getPrototypeOf()';
    while (/^(TS(NonNull|As|Satisfies)|Parenthesized)Expression$/.test(at.type)) {
      const inner = child(at, 'expression');
      if (!inner) break;
      at = inner;
    }
  }
  return null;
};

/** `const P = Array.prototype`: a prototype under a name of its own. */
const takesPrototype = (node: Node): string | null => {
  if (node.type !== 'VariableDeclarator') return null;
  const text = chain(child(node, 'init'));
  return text !== null && /\.(prototype|__proto__)$/.test(text) ? text : null;
};

const patches = (node: Node): string | null => {
  const through = prototypeIn(assigned(node));
  if (through) return through;
  const left = chain(assigned(node));
  if (left?.includes('.') && (BUILT_IN.test(left) || /\.(prototype|__proto__)(\.|$)/.test(left))) return left;
  if (node.type !== 'CallExpression') return takesPrototype(node);
  if (/^__(define|lookup)[GS]etter__$/.test(propertyOf(child(node, 'callee') ?? node) ?? '')) return '__defineGetter__';
  const callee = chain(child(node, 'callee')) ?? '';
  if (!/^(Object|Reflect)\.(defineProperty|defineProperties|assign|setPrototypeOf|set|deleteProperty)$/.test(callee)) return null;
  const target = chain(children(node, 'arguments')[0] ?? null) ?? '';
  if (/\.setPrototypeOf$/.test(callee)) return callee;
  if (prototypeIn(children(node, 'arguments')[0] ?? null)) return callee;
  return BUILT_IN.test(target) || /(^|\.)prototype$/.test(target) ? `${callee}(${target})` : null;
};

/** `(() => {}).constructor`, `[].filter['constructor']`: the way to Function without its name. */
const constructorCall = (node: Node): string | null => {
  if (!/^(Optional)?MemberExpression$/.test(node.type) || propertyOf(node) !== 'constructor') return null;
  const holder = chain(child(node, 'object'));
  return holder === null || /(^|\.)(prototype|constructor)$/.test(holder) ? '.constructor' : null;
};

const isError = (node: Node | null): boolean =>
  node !== null && /^(New|Call)Expression$/.test(node.type) && /Error$/.test(chain(child(node, 'callee')) ?? '');

/** The stack of an error, by any way of reading it. */
const readsStack = (node: Node): string | null => {
  if (node.type === 'VariableDeclarator' && isError(child(node, 'init')))
    return children(child(node, 'id') ?? node, 'properties').some((item) => child(item, 'key')?.['name'] === 'stack') ? '.stack' : null;
  if (!/^(Optional)?MemberExpression$/.test(node.type)) return null;
  const name = propertyOf(node);
  if (name === 'caller' || name === 'callee') return `.${name}`;
  const object = child(node, 'object');
  if (name !== 'stack' || !object) return null;
  return isError(object) || /(^|\.)(\w*(err|error)|e|ex|x|exc|exception|cause|reason|thrown|caught)$/i.test(chain(object) ?? '')
    ? '.stack'
    : null;
};

/** Every table row is tried on every node of both sides; a key that the candidate has more often than the base is a finding. */
export const DETECTORS: readonly Detector[] = [
  {
    guard: 'new-import',
    severity: 'refused',
    why: 'imports a module that reaches outside the program',
    match: (node) => (MODULES.test(importedModule(node) ?? '') ? importedModule(node) : null),
  },
  {
    guard: 'new-dependency',
    severity: 'needs_person',
    why: 'imports a module that the file did not import',
    match: (node) => {
      const name = importedModule(node);
      return name && !name.startsWith('.') && !MODULES.test(name) ? name : null;
    },
  },
  {
    guard: 'dynamic-code',
    severity: 'refused',
    why: 'makes code at run time',
    match: (node) =>
      node.type === 'ImportExpression' || child(node, 'callee')?.type === 'Import'
        ? 'import()'
        : (constructorCall(node) ?? calls(/^(eval|Function|require\.\[\]|WebAssembly\.\w+|.*\.constructor\.constructor)$/)(node)),
  },
  {
    guard: 'process-state',
    severity: 'refused',
    why: 'reads the process, its environment or its arguments',
    match: reads(/^(process|Deno|Bun|__filename|__dirname|require\.main|import\.meta)$/),
  },
  {
    guard: 'stack-inspection',
    severity: 'refused',
    why: 'inspects the call stack',
    match: (node) =>
      reads(/(^|\.)(captureStackTrace|prepareStackTrace|stackTraceLimit|arguments\.callee|callee\.caller)$/)(node) ?? readsStack(node),
  },
  {
    guard: 'clock-or-timer',
    severity: 'refused',
    why: 'uses a clock or a timer',
    match: (node) =>
      calls(/^(setTimeout|setInterval|setImmediate|queueMicrotask|requestAnimationFrame|requestIdleCallback)$/)(node) ??
      reads(/^(performance|Date\.now|Temporal)$/)(node) ??
      (node.type === 'NewExpression' && chain(child(node, 'callee')) === 'Date' && children(node, 'arguments').length === 0
        ? 'new Date()'
        : null),
  },
  { guard: 'randomness', severity: 'refused', why: 'uses a random source', match: reads(/^(Math\.random|crypto)$/) },
  {
    guard: 'network-or-storage',
    severity: 'refused',
    why: 'reaches the network or a storage',
    match: (node) =>
      calls(/^(fetch|XMLHttpRequest|WebSocket|EventSource|Worker|SharedWorker|BroadcastChannel)$/)(node) ??
      reads(/^(localStorage|sessionStorage|indexedDB|navigator)$/)(node),
  },
  { guard: 'patched-global', severity: 'refused', why: 'changes a global or a prototype', match: patches },
  {
    guard: 'global-state',
    severity: 'refused',
    why: 'keeps state on the global object',
    match: (node) => {
      const left = chain(assigned(node));
      return left && /^(globalThis|global|window|self)\./.test(left) ? left : null;
    },
  },
  {
    guard: 'test-detection',
    severity: 'refused',
    why: 'looks for a test or benchmark around it',
    match: (node) =>
      node.type === 'Identifier' &&
      /^(describe|it|jest|vi|vitest|mocha|ava|tap|beforeEach|afterEach|NODE_ENV|NODE_TEST_CONTEXT|JEST_WORKER_ID)$/.test(
        node['name'] as string,
      )
        ? (node['name'] as string)
        : node.type === 'StringLiteral' &&
            /^(describe|jest|vitest|mocha|NODE_ENV|NODE_TEST_CONTEXT|JEST_WORKER_ID|VITEST)$/.test(node['value'] as string)
          ? (node['value'] as string)
          : null,
  },
  {
    guard: 'weaker-precision',
    severity: 'refused',
    why: 'computes with less precision',
    match: (node) =>
      (/^(Optional)?MemberExpression$/.test(node.type) && /^[gs]etFloat(16|32)$/.test(propertyOf(node) ?? '')
        ? 'float of 32 bits'
        : null) ??
      (/^(Optional)?CallExpression$/.test(node.type) && /\.(toFixed|toPrecision)$/.test(chain(child(node, 'callee')) ?? '')
        ? 'toFixed'
        : null),
  },
  {
    guard: 'debugging',
    severity: 'refused',
    why: 'writes to the console or stops a debugger',
    match: (node) => (node.type === 'DebuggerStatement' ? 'debugger' : reads(/^console$/)(node)),
  },
  {
    guard: 'proxy-or-reflection',
    severity: 'needs_person',
    why: 'intercepts or reflects',
    match: calls(/^(Proxy|Reflect\.\w+|FinalizationRegistry|WeakRef)$/),
  },
  {
    guard: 'integer-truncation',
    severity: 'needs_person',
    why: 'truncates numbers to 32 bits',
    match: (node) =>
      node.type === 'BinaryExpression' &&
      /^(\||>>>|>>|<<)$/.test(node['operator'] as string) &&
      child(node, 'right')?.type === 'NumericLiteral'
        ? String(node['operator'])
        : node.type === 'UnaryExpression' && node['operator'] === '~'
          ? '~'
          : null,
  },
];
