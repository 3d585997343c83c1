import type { FunctionMeta, Session, Step, Taking } from '../runtime/graph.ts';
import type { Observation } from '../runtime/observation.ts';
import type { Treatment } from '../runtime/replay-main.ts';
import { holds } from '../runtime/holds.ts';
import { meddle } from '../runtime/meddle.ts';
import { scribble, vary } from '../runtime/scribble.ts';
import { argumentsText, calleeOf, variable } from './readable.ts';

/** Which of the later calls of the aliased treatment a step is: with new arguments, or with the last ones, of which something has changed. */
export function aliasedCall(
  { steps }: Session,
  treatment: Treatment,
  base: readonly Observation[],
  step: number,
): 'anew' | 'varied' | null {
  if (treatment !== 'aliased' || step < steps.length || base[step]?.kind === 'final') return null;
  return step === steps.length ? 'anew' : 'varied';
}

/** Writes a session up to one step as a node:test file that passes on the base and fails on the candidate. */
export function asTest(
  session: Session,
  functions: FunctionMeta[],
  treatment: Treatment,
  base: readonly Observation[],
  step: number,
): string {
  const at_once = base[step]?.at_once;
  const last = at_once === undefined ? Math.min(step, session.steps.length - 1) : session.steps.length - 1;
  const steps = session.steps.slice(0, last + 1);
  const files = [...new Set(steps.map((item) => functions[item.id]?.file ?? ''))];
  const module = (file: string): string => `module${files.indexOf(file) + 1}`;
  const final = steps[last] as Step;
  const isAgain = treatment === 'aliased' && step > last;
  const isVaried = isAgain && aliasedCall(session, treatment, base, step) === 'varied';
  const target = functions[session.targets[0] ?? 0]?.symbol ?? 'the change';
  const body =
    at_once === undefined
      ? steps.slice(0, -1).flatMap((item, index) => stepLines(item, index, session, functions, module))
      : atOnce(session, functions, module, at_once);
  if (at_once === undefined) body.push(...finalLines(final, session, functions, module, { isOnly: steps.length === 1, isAgain, isVaried }));
  const expected = base[Math.min(step, base.length - 1)]?.inspected ?? '';
  const self =
    final.op === 'method' || final.op === 'get' || final.op === 'set' || final.op === 'apply'
      ? argumentsText({ ...final, args: [final.self] }, session.nodes, functions)
      : 'undefined';
  const left = base[step]?.left;
  const shown = base[step]?.timers
    ? "`[${calls.join(', ')}]`"
    : at_once !== undefined
      ? 'inspect(outcome, options)'
      : left === undefined
        ? `shown(outcome, ${self}, args)`
        : `inspect(await drained(${variable(left)}), options)`;
  const isTimed = base[step]?.timers === true || steps.some(({ waits }) => waits);
  if (base[step]?.timers) body.push('  calls.length = 0;', '  await pass(60);');
  const text = body.join('\n');
  const modules = files.map((file) => `import * as ${module(file)} from ${JSON.stringify(`./${file}`)};`);
  return [
    ...heading(modules, text, isTimed),
    `test(${JSON.stringify(`${target} behaves as before`)}, async () => {`,
    '  calls.length = 0;',
    text,
    `  assert.equal(${shown}, ${JSON.stringify(expected)});`,
    '});',
    '',
  ].join('\n');
}

/** What stands before the test: imports, and of the functions it may need those that its text calls. */
function heading(modules: readonly string[], text: string, isTimed: boolean): string[] {
  return [
    "import assert from 'node:assert/strict';",
    isTimed ? "import { mock, test } from 'node:test';" : "import { test } from 'node:test';",
    "import { inspect } from 'node:util';",
    ...modules,
    '',
    ...helpers,
    ...(isTimed ? timePasses : []),
    ...(text.includes('noteIterator(') ? noteIterator : []),
    ...(/\baborting(?:In)?\(/.test(text) ? aborting : []),
    ...(text.includes('meddle(') ? [meddle.toString(), ''] : []),
    holds.toString(),
    '',
    ...(text.includes('scribble(') ? [scribble.toString(), ''] : []),
    ...(text.includes('vary(') ? [vary.toString(), ''] : []),
  ];
}

/** The step that is compared, and the later calls of the aliased treatment. */
function finalLines(
  final: Step,
  session: Session,
  functions: FunctionMeta[],
  module: (file: string) => string,
  { isOnly, isAgain, isVaried }: { isOnly: boolean; isAgain: boolean; isVaried: boolean },
): string[] {
  const pause = final.takes ? `, ${pauseText(final.takes, session, functions, module)}` : '';
  const run = `outcomeOf(() => ${callText(final, session, functions, module, '...args')}${pause});`;
  const given = argumentsText(final, session.nodes, functions, true);
  const anew = ['  for (const mine of [outcome.value, ...args]) scribble(mine);', '  calls.length = 0;', '  args = makeArguments();'];
  if (given.includes('aborting(')) anew.splice(1, 0, '  controllers.clear();');
  return [
    `  const makeArguments = () => [${given}];`,
    '  let args = makeArguments();',
    // What callbacks were told before belongs to the steps before.
    ...(isOnly ? [] : ['  calls.length = 0;']),
    ...(final.waits ? [`  await pass(${final.waits});`] : []),
    `  let outcome = await ${run}`,
    ...(isAgain ? [...anew, `  outcome = await ${run}`] : []),
    ...(isVaried ? ['  for (const mine of args) vary(mine);', '  calls.length = 0;', `  outcome = await ${run}`] : []),
  ];
}

/** All calls before any is waited for, but for those whose results others need. */
function atOnce(session: Session, functions: FunctionMeta[], module: (file: string) => string, wanted: number): string[] {
  const text = JSON.stringify([session.steps, session.nodes]);
  const lines = session.steps.map((item, index) => {
    const call = callText(item, session, functions, module);
    const isNeeded = text.includes(`{"out":${index},`);
    return isNeeded ? `  const ${variable(index)} = await ${call};` : `  const ${variable(index)} = outcomeOf(() => ${call});`;
  });
  const isNeeded = text.includes(`{"out":${wanted},`);
  return [...lines, `  const outcome = ${isNeeded ? `{ value: ${variable(wanted)} }` : `await ${variable(wanted)}`};`];
}

function stepLines(step: Step, index: number, session: Session, functions: FunctionMeta[], module: (file: string) => string): string[] {
  const own = variable(index);
  if (step.waits) return [`  await pass(${step.waits});`, ...stepLines({ ...step, waits: 0 }, index, session, functions, module)];
  if (!step.owner) return [`  const ${own} = await ${callText(step, session, functions, module)};`];
  return [
    `  const given${own} = [${argumentsText(step, session.nodes, functions, true)}];`,
    `  const ${own} = await ${callText(step, session, functions, module, `...given${own}`)};`,
    step.owner === 'add' ? `  meddle([${own}, ...given${own}], 'add');` : `  for (const mine of [${own}, ...given${own}]) vary(mine);`,
  ];
}

/** What the consumer of the last step's iterator does on the way. */
function pauseText({ after, doing }: Taking, session: Session, functions: FunctionMeta[], module: (file: string) => string): string {
  if (doing === 'return') return `{ after: ${after}, act: (iterator) => iterator.return?.() }`;
  if (doing === 'throw') return `{ after: ${after}, act: (iterator) => iterator.throw?.(new Error('thrown by the consumer')) }`;
  const other = typeof doing === 'object' ? session.steps[doing.step] : undefined;
  const what = other ? callText(other, session, functions, module) : `meddle(args, '${typeof doing === 'object' ? 'add' : doing}')`;
  return `{ after: ${after}, act: () => void ${what} }`;
}

const helpers = [
  'const calls = [];',
  'const options = { depth: 8, maxArrayLength: 1000, maxStringLength: 5000, breakLength: 120, compact: 3 };',
  'const note = (fn) => (...args) => { calls.push(inspect(args, options)); return fn(...args); };',
  'const outcomeOf = async (run, pause) => { try { return { value: await drained(await run(), pause) }; } catch (error) { return { error: `${error?.name}: ${error?.message}` }; } };',
  // As the harness writes down iterators: what they yield, then how they end.
  'const isIterator = (value) => /(?:Generator|Iterator)\\]$/.test(Object.prototype.toString.call(value)) && typeof value?.next === "function";',
  'const drained = async (value, pause) => {',
  '  if (!isIterator(value)) return value;',
  '  const out = [];',
  '  for (let i = 0; i < 1000; i++) {',
  '    const answer = await (async () => (pause?.after === i ? pause.act(value) : undefined))().catch((error) => (out.push({ thrown: error }), out));',
  '    if (answer === out) break;',
  '    if (answer !== undefined) out.push({ answer });',
  '    const next = await (async () => value.next())().catch((error) => ({ done: true, error }));',
  '    out.push(next.done !== true ? next.value : "error" in next ? { thrown: next.error } : { end: next.value });',
  '    if (next.done === true) break;',
  '  }',
  '  return out;',
  '};',
  "const plain = (value) => (typeof value === 'function' ? 'function' : typeof value?.next === 'function' ? 'iterator' : value);",
  'const shown = (outcome, self, args) => inspect({ ...outcome, self, args: args.map(plain), same: args.map((arg) => holds(outcome.value, arg)), calls }, options);',
  '',
];

/** The clock stands still but where time passes: what is due next runs, timer by timer, and where nothing is the clock moves on. */
const timePasses = [
  'const turn = setImmediate;',
  'const start = Date.UTC(2026, 0, 1);',
  "mock.timers.enable({ apis: ['Date'], now: start });",
  'const timers = [];',
  'let [now, order] = [0, 0];',
  'const add = (isRepeated) => (fn, delay, ...args) => {',
  '  const wait = Number(delay) > 0 ? Number(delay) : 1;',
  '  const handle = { ref: () => handle, unref: () => handle, hasRef: () => true, refresh: () => handle };',
  '  timers.push({ handle, due: now + wait, wait, isRepeated, order: order++, run: () => fn(...args) });',
  '  return handle;',
  '};',
  'const clear = (handle) => void timers.splice(0, timers.length, ...timers.filter((timer) => timer.handle !== handle));',
  'Object.assign(globalThis, { setTimeout: add(false), setInterval: add(true), setImmediate: (fn, ...args) => add(false)(fn, 0, ...args) });',
  'Object.assign(globalThis, { clearTimeout: clear, clearInterval: clear, clearImmediate: clear });',
  'const pass = async (count) => {',
  '  if (timers.length === 0) now += 60_000;',
  '  for (let left = count; left > 0 && timers.length > 0; left--) {',
  '    const next = timers.sort((a, b) => a.due - b.due || a.order - b.order).shift();',
  '    now = Math.max(now, next.due);',
  '    mock.timers.setTime(start + now);',
  '    if (next.isRepeated) timers.push({ ...next, due: next.due + next.wait, order: order++ });',
  '    try { next.run(); } catch {}',
  '    await new Promise((resolve) => turn(resolve));',
  '  }',
  '  mock.timers.setTime(start + now);',
  '};',
  '',
];

/** Signals by their number, and those that are aborted when so much time has passed. */
const aborting = [
  'const controllers = new Map();',
  'const aborting = (at) => controllers.get(at) ?? (controllers.set(at, new AbortController()), controllers.get(at));',
  'const abortingIn = (delay) => {',
  '  const made = new AbortController();',
  '  setTimeout(() => made.abort(), delay).unref?.();',
  '  return made.signal;',
  '};',
  '',
];

/** Notes what is asked of an iterator; what is asked for after its end does not count. */
const noteIterator = [
  'const noteIterator = (source, names, isPlain) => {',
  '  let over = false;',
  '  const result = (given) => { over ||= given?.done === true; return given; };',
  '  const fail = (error) => { over = true; throw error; };',
  '  const noted = (name) => (...args) => {',
  "    if (name !== 'next' || !over) calls.push(inspect([name, ...args.slice(0, args.findLastIndex((arg) => arg !== undefined) + 1)], options));",
  '    try {',
  '      const given = source[name](...args);',
  "      return typeof given?.then === 'function' ? given.then(result, fail) : result(given);",
  '    } catch (error) {',
  '      return fail(error);',
  '    }',
  '  };',
  '  const itself = source[Symbol.asyncIterator] ? Symbol.asyncIterator : Symbol.iterator;',
  '  const made = isPlain ? { [itself]() { return this; } } : Object.create(Object.getPrototypeOf(source));',
  "  for (const name of isPlain ? names : ['next', 'return', 'throw'])",
  '    Object.defineProperty(made, name, { value: names.includes(name) ? noted(name) : undefined, enumerable: isPlain });',
  '  return made;',
  '};',
  '',
];

function callText(step: Step, session: Session, functions: FunctionMeta[], module: (file: string) => string, args?: string): string {
  const meta = functions[step.id];
  return calleeOf(
    step,
    session.nodes,
    functions,
    meta ? exportedName(meta, functions, module(meta.file)) : '?',
    args ?? argumentsText(step, session.nodes, functions, true),
  );
}

function exportedName(meta: FunctionMeta, functions: FunctionMeta[], module: string): string {
  const owner = meta.class_id === null ? meta : (functions[meta.class_id] ?? meta);
  if (owner.exported === 'default') return `(${module}.default ?? ${module})`;
  const name = owner.exported ?? owner.symbol.split('/').at(-1) ?? owner.symbol;
  return `${module}.${name}${meta.class_id !== null && meta.kind === 'static' ? `.${meta.name}` : ''}`;
}
