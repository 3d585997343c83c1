import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Finding, runGuards } from './index.ts';

const BASE = `export function total(items: number[]): number {
  let sum = 0;
  for (const item of items) sum += item;
  return sum;
}
export async function all(xs: string[], save: (x: string) => Promise<void>) {
  for (const x of xs) await save(x);
}
`;
const inBody = (statement: string): string => BASE.replace('  let sum = 0;', `  let sum = 0;\n  ${statement}`);
const atTop = (statement: string): string => `${statement}\n${BASE}`;

function judge(candidate: string, base = BASE): Finding[] {
  const known = new Set(base.split('\n'));
  const added = new Set(candidate.split('\n').flatMap((line, index) => (known.has(line) ? [] : [index + 1])));
  return runGuards({
    diff: [{ old_path: 'src/a.ts', new_path: 'src/a.ts', special: [], added, removed: new Set([1]) }],
    sources: [{ file: 'src/a.ts', base, candidate, added }],
    seen: [],
    origin: 'proposal',
    changed_lines_max: 60,
    ignored: () => false,
  });
}
const refusals = (candidate: string, base = BASE): string[] =>
  judge(candidate, base).flatMap((found) => (found.severity === 'refused' ? [found.guard] : []));

/** What a clever proposer might try: the same as a plain cheat, by a way around the plain words. */
const cheats: [string, string, string][] = [
  ['a global by a text put together', 'global-state', inBody("(globalThis as any)['ev'+'al']('1');")],
  ['a module by a text put together', 'dynamic-code', inBody("import('node:' + 'fs');")],
  [
    'the constructor by a constant that is put together',
    'dynamic-code',
    inBody("const c = 'constr' + 'uctor'; (total as any)[c]('return 1')();"),
  ],
  ['the constructor taken out of a function', 'dynamic-code', inBody("const { constructor: C } = total as any; C('return 1')();")],
  [
    'the constructor of the prototype of a function',
    'dynamic-code',
    inBody("const F = Object.getPrototypeOf(function () {}).constructor; F('return 1')();"),
  ],
  [
    'defineProperty by another name',
    'patched-global',
    inBody("const { defineProperty: d } = Object; const p = Object.getPrototypeOf(items); d(p, 'x', { value: 1 });"),
  ],
  [
    'Reflect.defineProperty taken out',
    'patched-global',
    inBody("const { defineProperty } = Reflect; defineProperty(Array.prototype, 'x', { get: () => 1 });"),
  ],
  [
    'the species of a class, set on the constructor of a value',
    'patched-global',
    inBody('(items.constructor as any)[Symbol.species] = Object;'),
  ],
  [
    'the species of a class, defined on the constructor of a value',
    'patched-global',
    inBody('Object.defineProperty(items.constructor, Symbol.species, { get: () => Array });'),
  ],
  ['a static method, set on the constructor of a value', 'patched-global', inBody('const C: any = items.constructor; C.from = () => [];')],
  [
    'a method, set on the prototype of the constructor of a value',
    'patched-global',
    inBody('(items.constructor as any).prototype.push = () => 0;'),
  ],
  [
    'the stack of an error with a name of its own',
    'stack-inspection',
    inBody('const o: any = new Error(); const s = o.stack; if (s) return 0;'),
  ],
  [
    'the stack by a text put together',
    'stack-inspection',
    inBody("const o: any = new Error(); const s = o['sta' + 'ck']; if (s) return 0;"),
  ],
  [
    'the stack by its descriptor',
    'stack-inspection',
    inBody("const s = Object.getOwnPropertyDescriptor(new Error(), 'stack'); if (s) return 0;"),
  ],
  ['prepareStackTrace', 'stack-inspection', inBody('const E: any = Error; E.prepareStackTrace = (_: any, s: any) => s; ')],
  [
    'captureStackTrace behind an alias of Error',
    'stack-inspection',
    inBody('const E: any = Error; const o: any = {}; E.captureStackTrace(o); if (o.stack) return 0;'),
  ],
  [
    'the depth of the stack',
    'swallowed-error',
    inBody('const depth = (n: number): number => { try { return depth(n + 1); } catch { return n; } }; if (depth(0) < 9000) return 0;'),
  ],
  ['process taken apart', 'process-state', inBody('const { argv } = process; if (argv.length > 2) return 0;')],
  ['how it was called', 'process-state', inBody('if (new.target) return 0;')],
  ['the text of the function itself', 'function-text', inBody('if (total.toString().length > 10) return 0;')],
  ['the text of the function, by String', 'function-text', inBody("if (String(total).includes('__')) return 0;")],
  ['the text of the function, in a template', 'function-text', inBody('if (`${total}`.length > 500) return 0;')],
  ['the time in a formatter', 'hidden-clock', inBody('if (new Intl.DateTimeFormat().format() > "1") return 0;')],
  [
    'the time in a formatter with a name',
    'hidden-clock',
    inBody('const f = Intl.DateTimeFormat(); if (f.formatToParts().length) return 0;'),
  ],
  ['the time of an event', 'clock-or-timer', inBody("if (new Event('x').timeStamp > 1) return 0;")],
  ['a signal that waits', 'clock-or-timer', inBody('AbortSignal.timeout(1);')],
  ['setImmediate', 'clock-or-timer', inBody('setImmediate(() => sum);')],
  ['a message channel', 'unknown-global', inBody('new MessageChannel().port1.postMessage(1);')],
  ['an async function nobody waits for', 'fire-and-forget', inBody('(async () => { sum++; })();')],
  ['a named async function nobody waits for', 'fire-and-forget', inBody('const later = async () => { sum++; }; later();')],
  [
    'async work for each item',
    'fire-and-forget',
    BASE.replace('for (const x of xs) await save(x);', 'xs.forEach(async (x) => { await save(x); });'),
  ],
  ['promises of a map thrown away', 'fire-and-forget', BASE.replace('for (const x of xs) await save(x);', 'xs.map((x) => save(x));')],
  ['an error caught and only named', 'swallowed-error', inBody('try { sum += 1; } catch (e) { void e; }')],
  [
    'a private static cache',
    'module-state',
    `class Memo { static #m = new Map(); static get(k: any) { return Memo.#m.get(k); } static set(k: any) { Memo.#m.set(k, 1); } }\n${BASE}`,
  ],
  ['a cache on a symbol of the language', 'patched-global', inBody('(Symbol as any).cache = 1;')],
  [
    'a generator that remembers',
    'work-at-import',
    `const g = (function* (): any { let x: any; for (;;) x = yield x; })();\n${inBody('g.next(items);')}`,
  ],
  [
    'an object that changes itself',
    'module-state',
    `const box = { v: 0, set(v: number) { this.v = v; } };\n${inBody('box.set(items.length);')}`,
  ],
  [
    'an instance that changes itself',
    'module-state',
    `class Box { v = 0; put(v: number) { this.v = v; } }\nconst box = new Box();\n${inBody('box.put(items.length);')}`,
  ],
  [
    'an instance of a class without a name',
    'module-state',
    `const box = new (class { c: any = {}; put = (n: number) => { this.c[n] = 1; }; })();\n${inBody('box.put(items.length);')}`,
  ],
  [
    'an instance of a function',
    'module-state',
    `const box = new (function (this: any) { const c: any = {}; this.put = (n: number) => { c[n] = 1; }; } as any)();\n${inBody('box.put(items.length);')}`,
  ],
  [
    'variables of a function called by call',
    'module-state',
    `export const total2 = (function () { const c: any = {}; return function (items: number[]) { c[items.length] = 1; return 0; }; }).call(null);\n${BASE}`,
  ],
  [
    'parameters of a function called at once',
    'module-state',
    `export const total = ((cache) => (items: number[]) => { const k = items.join(); return cache[k] ??= items.length; })({} as Record<string, number>);\n`,
  ],
  [
    'a default of a factory',
    'module-state',
    inBody('')
      .replace(
        'export function total(items: number[])',
        'const make = (memo = new Map()) => (items: number[]) => { memo.set(items, 1); return 0; };\nconst fast = make();\nexport function total(items: number[])',
      )
      .replace('let sum = 0;', 'if (items.length > 3) return fast(items); let sum = 0;'),
  ],
  [
    'a method bound to a list',
    'module-state',
    `const slots: number[] = [];\nconst put = slots.push.bind(slots);\n${inBody('put(items.length);')}`,
  ],
  ['a variable written by a list pattern', 'module-state', `let last = 0;\n${inBody('[last] = [items.length];')}`],
  ['a variable written by an object pattern', 'module-state', `const s = { last: 0 };\n${inBody('({ length: s.last } = items);')}`],
  ['a variable written by a loop', 'module-state', `let last = 0;\n${inBody('for (last of items) break;')}`],
  ['a property written by a loop', 'module-state', `const s: any = {};\n${inBody('for (s.k of items) break;')}`],
  ['a variable of a block', 'module-state', `{ let last = 0; var put = (n: number) => { last = n; }; }\n${inBody('put(items.length);')}`],
  [
    'a cache written by a function of the module',
    'module-state',
    `const m = new Map();\nconst put = (k: any, v: any) => m.set(k, v);\n${inBody('put(items, 1);')}`,
  ],
  [
    'the place of a regular expression',
    'module-state',
    `const R = /x/g;\n${inBody('R.lastIndex = items.length; if (R.lastIndex === 3) return 6;')}`,
  ],
  ['work in a static block', 'work-at-import', atTop('class T { static { for (let i = 0; i < 1e6; i++) Math.sqrt(i); } }')],
  ['work in a static field', 'work-at-import', atTop('class T { static t = [...Array(100000).keys()].map((x) => x * x); }')],
  ['work in a template at import', 'work-at-import', atTop('const T = `${[..."x".repeat(1e6)].map((x) => x)}`;')],
  ['a byte order mark', 'invisible-character', '\ufeff' + BASE],
  ['a joiner in a text', 'invisible-character', inBody("const s = 'a\u200db';")],
  ['mathematical letters', 'look-alike', inBody('const 𝗌um = 1; sum += 𝗌um - 1;')],
  ['wide letters', 'look-alike', inBody('const ｓum = 1;')],
  ['a letter with a mark on it', 'look-alike', inBody('const sum\u0301 = 1;')],
  [
    'a cache that a function nobody calls could clear',
    'module-state',
    `const memo = new Map();\nfunction forget() { memo.clear(); }\n${inBody('memo.set(items, 1);')}`,
  ],
  ['a name made of numbers', 'dynamic-code', inBody('const g: any = items; g[String.fromCharCode(101, 118)]();')],
  ['a name read backwards', 'dynamic-code', inBody("const g: any = items; g['rotcurtsnoc'.split('').reverse().join('')]();")],
  ['a name in base64', 'dynamic-code', inBody("const n = atob('Y29uc3RydWN0b3I='); (items as any)[n]();")],
  ['an import of a fixture', 'judge-import', atTop("import answers from '../test/fixtures/answers.json' with { type: 'json' };")],
  ['a benchmark that is required', 'judge-import', inBody("require('../bench/data.js');")],
  ['an import from outside', 'judge-import', atTop("import { a } from '../../elsewhere/a.ts';")],
  ['compiled code', 'dynamic-code', atTop("import { a } from './fast.node';")],
];
for (const [name, guard, candidate] of cheats)
  test(`refuses: ${name}`, () => assert.ok(refusals(candidate).includes(guard), JSON.stringify(judge(candidate))));

const sound: [string, string, string][] = [
  ['an error with a code, thrown', BASE, inBody("if (!items) { const error: any = new Error('none'); error.code = 1; throw error; }")],
  ['an error that is wrapped', BASE, inBody("try { sum += 0; } catch (error) { throw new Error('sum', { cause: error }); }")],
  ['a property named by a constant', BASE, `const KEY = 'length';\n${inBody('sum += (items as any)[KEY] - items.length;')}`],
  ['a property named by a prefix', BASE, inBody("const o: any = {}; for (const item of items) o['k' + item] = item;")],
  ['the text of a value', BASE, inBody('sum += String(items).length * 0 + items.toString().length * 0;')],
  ['a new instance of the class of a value', BASE, inBody('const twin = new (items.constructor as any)(); sum += twin.length;')],
  [
    'a class of the module whose instances live in a call',
    BASE,
    `class Sum { value = 0; add(x: number) { this.value += x; } }\n${inBody('const own = new Sum(); own.add(1); sum += own.value - 1;')}`,
  ],
  [
    'an instance that never changes',
    BASE,
    `class Limit { readonly of = 3; below(x: number) { return x < this.of; } }\nconst LIMIT = new Limit();\n${inBody('if (LIMIT.below(-items.length)) sum += 0;')}`,
  ],
  [
    'a local with the name of a variable of the module',
    `const seen = [1];\n${BASE}`,
    `const seen = [1];\n${inBody('const seen: number[] = []; seen.push(1); sum += seen.length - 1;')}`,
  ],
  [
    'a table filled while loading, by a callback',
    BASE,
    `const TABLE: Record<string, number> = {};\n['a', 'b'].forEach((name, index) => { TABLE[name] = index; });\n${inBody("sum += (TABLE['a'] ?? 0) * 0;")}`,
  ],
  [
    'variables of a function that runs while loading',
    BASE,
    `const make = () => { let n = 0; for (const x of [1, 2]) n += x; return n; };\nconst THREE = make();\n${inBody('sum += THREE - 3;')}`,
  ],
  [
    'async work that is waited for',
    BASE,
    BASE.replace('for (const x of xs) await save(x);', 'await xs.reduce((before, x) => before.then(() => save(x)), Promise.resolve());'),
  ],
  ['a date that is formatted', BASE, inBody("const f = new Intl.DateTimeFormat('en'); sum += f.format(0).length * 0;")],
  ['an import of a neighbour', BASE, atTop("import { add } from './add.ts';")],
];
for (const [name, base, candidate] of sound)
  test(`passes: ${name}`, () => assert.deepEqual(refusals(candidate, base), [], JSON.stringify(judge(candidate, base))));

test('state in an object of another module is refused when it is assigned, and shown when a method changes it', () => {
  const base = `import { settings } from './settings.ts';\nexport const f = (n: number) => n + settings.step;\n`;
  const put = base.replace('n + settings.step', '(settings.last ??= n) + settings.step');
  assert.ok(refusals(put, base).includes('module-state'), JSON.stringify(judge(put, base)));
  const told = base.replace('n + settings.step', '(settings.seen.add(n), n + settings.step)');
  assert.deepEqual(
    judge(told, base).map(({ guard, severity }) => `${guard} ${severity}`),
    ['module-state needs_person'],
  );
});

test('a file with several variables of one name is no change of itself', () => {
  const file = `let state = 0;\nconst api = (() => { let state = 0; return { get: () => state }; })();\nexport const put = (n: number) => { state = n; return api; };\n`;
  assert.deepEqual(refusals(`${file}// more\n`, file), []);
});

test('refuses a data file with answers, and shows one without', () => {
  const run = (text: string): string[] =>
    runGuards({
      diff: [],
      sources: [],
      data: [{ file: 'src/table.json', base: null, candidate: text, added: new Set([1, 2, 3]) }],
      seen: ["assert.equal(total(LIST), 123457); assert.equal(name(), 'Ada Lovelace');"],
      origin: 'any_change',
      changed_lines_max: 60,
      ignored: () => false,
    }).map((found) => found.guard);
  assert.deepEqual(run('{\n "a": 123457\n}'), ['observed-literal']);
  assert.deepEqual(run('["Ada Lovelace"]'), ['observed-literal']);
  assert.deepEqual(run('{ "a": 12, "b": "Grace Hopper" }'), []);
});
