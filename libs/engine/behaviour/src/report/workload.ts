import { CodeOptimaError } from '@codeoptima/contracts';
import type { Captured } from '../capture/capture-calls.ts';
import { type FunctionMeta, isRef, type Session, type Step, valuesOf } from '../runtime/graph.ts';
import { argumentsText, calleeOf, variable } from './readable.ts';

export interface WorkloadRequest {
  captured: Captured;
  /** Path of names of the function the workload is for; the entries through which it ran are replayed. */
  symbol: string;
  file?: string;
  /** Calls in one operation at most. */
  calls_max?: number;
}

const CALLS_MAX = 40;
const TEXT_MAX = 1_500_000;

/**
 * Source of a workload module (`setup(lib) -> { fn, check }`) whose operation repeats the captured entry calls in which a function ran.
 * Sealed sessions are left out: a workload is shown to whoever proposes.
 * Arguments are made once and used again where a call leaves them as they were, so that the time is the library's own.
 * @throws CodeOptimaError not_found when no captured call can be written down as source.
 */
export function workloadFromCaptured(request: WorkloadRequest): string {
  const { captured, symbol } = request;
  const { functions } = captured.manifest;
  const wanted = new Set(
    functions.filter((meta) => meta.symbol === symbol && (request.file === undefined || meta.file === request.file)).map((meta) => meta.id),
  );
  const sessions = captured.sessions.filter(
    (session) => session.level === 'entry' && !captured.sealed.has(session.key) && session.targets.some((id) => wanted.has(id)),
  );
  const cases: string[] = [];
  let size = 0;
  for (const session of sessions) {
    const text = caseText(session, functions);
    if (text === null || size + text.length > TEXT_MAX || cases.length >= (request.calls_max ?? CALLS_MAX)) continue;
    cases.push(text);
    size += text.length;
  }
  if (cases.length === 0)
    throw new CodeOptimaError(
      'not_found',
      `No captured call of ${symbol} can be written as a workload: none was seen, or its values cannot be written as source.`,
      { ids: { symbol } },
    );
  return [header, `const cases = [\n${cases.join(',\n')},\n];`, footer].join('\n');
}

/** One session as `{ make, run }`; null when its values cannot be written as source. */
export function caseText(session: Session, functions: FunctionMeta[]): string | null {
  if (hasCycle(session)) return null;
  const steps = session.steps.map((step, index) => ({ step, index, isLast: index === session.steps.length - 1 }));
  const lines = steps.map(({ step, index, isLast }) => {
    const callee = calleeName(step, functions);
    const text = calleeOf(step, session.nodes, functions, callee, isLast ? '...args' : argumentsText(step, session.nodes, functions));
    return isLast ? `return ${text};` : `const ${variable(index)} = ${text};`;
  });
  const last = session.steps.at(-1);
  if (!last) return null;
  const usesSteps = argumentsText(last, session.nodes, functions);
  // Arguments that are results of earlier steps exist only inside the run.
  const isAlone = !/\bv\d+\b/.test(usesSteps);
  const body = isAlone ? lines.join(' ') : [...lines.slice(0, -1), `const args = [${usesSteps}];`, lines.at(-1)].join(' ');
  // An iterator can be used once.
  const once = session.nodes.some((node) => node.k === 'iterator') ? ' once: true,' : '';
  const text = `  {${once} make: () => [${isAlone ? usesSteps : ''}], run: (find, ${isAlone ? 'args' : '_'}) => { ${body} } }`;
  return /\/\* (?:cycle|the same|[\w ]*(?:carried|large|object|class))|Object\.create\((?!null)/.test(text) ? null : text;
}

/** Whether some object of the session can be reached from itself. */
function hasCycle({ nodes }: Session): boolean {
  const state = new Map<number, 'open' | 'done'>();
  const visit = (index: number): boolean => {
    const known = state.get(index);
    if (known !== undefined) return known === 'open';
    state.set(index, 'open');
    const node = nodes[index];
    const found = node !== undefined && valuesOf(node).some((value) => isRef(value) && visit(value.r));
    state.set(index, 'done');
    return found;
  };
  return nodes.some((_, index) => visit(index));
}

function calleeName(step: Step, functions: FunctionMeta[]): string {
  const meta = functions[step.id];
  const owner = meta && meta.class_id !== null ? functions[meta.class_id] : meta;
  const name = owner?.exported ?? owner?.symbol.split('/').at(-1) ?? '';
  const found = `find(${JSON.stringify(name)})`;
  return meta?.kind === 'static' && meta.class_id !== null ? `${found}.${meta.name}` : found;
}

const header = `// Calls seen while the repository's tests ran, as one operation.
import { inspect } from 'node:util';
`;

const footer = `
const shown = (value) => inspect(value, { depth: 8, maxArrayLength: 1000, maxStringLength: 2000 });

export default function setup(lib) {
  const whole = lib.default ?? lib;
  const under = (from, parts) => parts.reduce((at, part) => at?.[part], from);
  const lookUp = (name) => {
    const parts = name.split('.');
    if (name === 'default' || name === 'module.exports') return whole;
    // A function that is the module itself goes by its own name.
    return under(whole, parts) ?? under(lib, parts) ?? (whole?.name === parts[0] ? under(whole, parts.slice(1)) : undefined);
  };
  class Missing extends Error {}
  const known = new Map();
  const find = (name) => {
    let found = known.get(name);
    if (found === undefined) {
      found = lookUp(name);
      if (found === undefined) throw new Missing(name + ' is not exported by the package');
      known.set(name, found);
    }
    return found;
  };
  const attempt = (item, args) => {
    try {
      return item.run(find, args);
    } catch (error) {
      if (error instanceof Missing) throw error;
      return String(error);
    }
  };
  let missing = null;
  const ready = cases.flatMap((item) => {
    const args = item.make();
    const before = shown(args);
    try {
      attempt(item, args);
    } catch (error) {
      missing = error;
      return [];
    }
    return [!item.once && shown(args) === before ? { item, args: () => args } : { item, args: item.make }];
  });
  if (ready.length === 0) throw missing;
  const fn = () => {
    let pending = null;
    let last;
    for (const { item, args } of ready) {
      last = attempt(item, args());
      if (typeof last?.then === 'function') (pending ??= []).push(last.then(undefined, String));
    }
    return pending === null ? last : Promise.all(pending);
  };
  const check = async () => {
    const out = [];
    for (const { item } of ready) out.push(shown(await Promise.resolve(attempt(item, item.make())).then(undefined, String)));
    return out;
  };
  return { fn, check };
}
`;
