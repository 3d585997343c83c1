import type { Finding } from './finding.ts';
import { assigned, constructorCall, formatsNow, patches, propertyOf, readsStack, readsText } from './matchers.ts';
import type { TellingNames } from './names.ts';
import { roundedResult, roundsToText } from './rounding.ts';
import { chain, child, children, type Node } from './syntax.ts';

/** A construct that a performance change has no business to add. `match` answers with a key that tells occurrences apart. */
export interface Detector {
  guard: string;
  severity: Finding['severity'];
  why: string;
  match(node: Node, names: TellingNames): string | null;
  /** What makes a further one the same thing over again in the candidate; null: each counts. */
  place?(node: Node, ancestors: readonly Node[]): string | null;
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
    match: (node, names) =>
      node.type === 'ImportExpression' || child(node, 'callee')?.type === 'Import'
        ? 'import()'
        : node['assembled'] === true
          ? 'a property whose name is assembled'
          : (constructorCall(node, names) ?? calls(/^(eval|Function|require\.\[\]|WebAssembly\.\w+|.*\.constructor\.constructor)$/)(node)),
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
    match: (node, names) =>
      reads(/(^|\.)(captureStackTrace|prepareStackTrace|stackTraceLimit|arguments\.callee|callee\.caller)$/)(node) ??
      readsStack(node, names),
  },
  {
    guard: 'clock-or-timer',
    severity: 'refused',
    why: 'uses a clock or a timer',
    match: (node) =>
      calls(/^(setTimeout|setInterval|setImmediate|queueMicrotask|requestAnimationFrame|requestIdleCallback)$/)(node) ??
      reads(/^(performance|Date\.now|Temporal|AbortSignal\.timeout)$|\.timeStamp$/)(node) ??
      (node.type === 'NewExpression' && chain(child(node, 'callee')) === 'Date' && children(node, 'arguments').length === 0
        ? 'new Date()'
        : null),
  },
  { guard: 'hidden-clock', severity: 'refused', why: 'reads the time', match: formatsNow },
  { guard: 'function-text', severity: 'refused', why: 'reads what a function is made of', match: readsText },
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
        : null) ?? (roundsToText(node) ? 'toFixed' : null),
    place: roundedResult,
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
