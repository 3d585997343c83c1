// Part of the workload made from a benchmark file of the repository. Stands in for the benchmark library that the file
// imports, so that importing the file registers its functions instead of timing them. Understands tinybench, benchmark.js,
// mitata and vitest bench.
import { registerHooks } from 'node:module';

const tasks = [];
const scope = { names: [], hooks: [] };
const SKIPPED = new Set(['skip', 'todo']);

/** Answers any use: results of runs that never took place, options, reporters. */
function anything() {
  const target = () => anything();
  return new Proxy(target, {
    get: (_, key) => {
      if (key === Symbol.toPrimitive) return () => 1;
      if (key === Symbol.iterator) return [][Symbol.iterator].bind([]);
      if (key === 'then') return undefined;
      if (key === 'length') return 0;
      return anything();
    },
    apply: () => anything(),
    construct: () => anything(),
    set: () => true,
  });
}

function add(name, run, { before = [], beforeEach = [] } = {}) {
  if (typeof run !== 'function') return;
  const hooks = scope.hooks.map((level) => ({ before: [...level.before], each: [...level.each] }));
  tasks.push({
    name: [...scope.names, String(name)].join(' > '),
    run,
    before: [...hooks.flatMap((h) => h.before), ...before].filter(Boolean),
    each: [...hooks.flatMap((h) => h.each), ...beforeEach].filter(Boolean),
  });
}

function group(name, body) {
  if (typeof name === 'function') return group('', name);
  if (typeof body !== 'function') return undefined;
  if (name) scope.names.push(typeof name === 'object' ? String(name.name ?? '') : String(name));
  scope.hooks.push({ before: [], each: [] });
  const leave = () => {
    scope.hooks.pop();
    if (name) scope.names.pop();
  };
  const result = body();
  if (result && typeof result.then === 'function') return result.finally(leave);
  leave();
  return result;
}

const variants = (callable) =>
  new Proxy(callable, {
    get: (target, key) => {
      if (SKIPPED.has(key)) return () => undefined;
      if (key === 'skipIf') return (condition) => (condition ? () => undefined : variants(callable));
      if (key === 'runIf') return (condition) => (condition ? variants(callable) : () => undefined);
      if (key === 'each' || key === 'for')
        return (rows) => (name, body) => rows.forEach((row) => callable(`${name} ${row}`, () => body(...[row].flat())));
      return Object.hasOwn(target, key) ? target[key] : variants(callable);
    },
  });

const level = () => scope.hooks.at(-1) ?? (scope.hooks.push({ before: [], each: [] }), scope.hooks.at(-1));

const vitest = () => {
  const bench = variants((name, run, options = {}) => add(name, run, { before: [options.setup] }));
  const describe = variants((name, ...rest) =>
    group(
      name,
      rest.find((r) => typeof r === 'function'),
    ),
  );
  const beforeAll = (hook) => void level().before.push(hook);
  const beforeEach = (hook) => void level().each.push(hook);
  const ignored = variants(() => undefined);
  return {
    bench,
    describe,
    suite: describe,
    beforeAll,
    beforeEach,
    afterAll: () => undefined,
    afterEach: () => undefined,
    test: ignored,
    it: ignored,
    expect: anything(),
    vi: anything(),
  };
};

class Bench {
  constructor() {
    this.tasks = [];
    this.results = [];
    // Members this stand-in does not know must not end the recording.
    return new Proxy(this, { get: (target, key) => (key in target ? target[key] : key === 'then' ? undefined : anything()) });
  }

  add(name, run, options = {}) {
    add(name, run, { before: [options.beforeAll], beforeEach: [options.beforeEach] });
    return this;
  }

  async run() {
    return [];
  }

  async warmup() {}

  table() {
    return [];
  }
}

class Suite {
  constructor(name) {
    this.name = typeof name === 'string' ? name : '';
    this.length = 0;
    return new Proxy(this, { get: (target, key, self) => (key in target ? target[key] : key === 'then' ? undefined : () => self) });
  }

  add(name, run, options) {
    const given = [name, run, options];
    const title = given.find((v) => typeof v === 'string') ?? '';
    const settings = given.find((v) => typeof v === 'object' && v !== null) ?? {};
    const body = given.find((v) => typeof v === 'function') ?? settings.fn;
    if (typeof body === 'function') {
      const run = settings.defer ? () => new Promise((resolve) => void body({ resolve })) : body;
      const setup = typeof settings.setup === 'function' ? settings.setup : undefined;
      add([this.name, settings.name ?? title].filter(Boolean).join(' > '), run, { before: [settings.onStart, setup] });
    }
    return this;
  }

  on() {
    return this;
  }

  run() {
    return this;
  }
}

function Benchmark(name, run, options) {
  return new Suite().add(name, run, options);
}
Object.assign(Benchmark, { Suite, Benchmark, support: {}, options: {}, platform: {}, formatNumber: String, default: Benchmark });

/** mitata: a generator makes the function from its state; arguments take the middle of their list. */
function mitataBench(name, run) {
  const values = {};
  const state = { get: (key) => values[key] };
  const prepared = { run: null };
  const lazily = () => {
    if (prepared.run === null) {
      const generated = run.constructor?.name === 'GeneratorFunction' ? run(state).next().value : run;
      prepared.run =
        typeof generated === 'function'
          ? () => generated(state)
          : generated?.bench
            ? () => generated.bench(...parametersOf(generated))
            : () => undefined;
    }
    return prepared.run();
  };
  if (typeof name === 'function') add(name.name || 'anonymous', name);
  else if (typeof run === 'function') add(name, lazily);
  const builder = {
    args: (key, list) => {
      const [names, all] =
        typeof key === 'string' ? [key, list] : Array.isArray(key) ? ['x', key] : [Object.keys(key)[0], Object.values(key)[0]];
      values[names] = all?.[all.length >> 1];
      return builder;
    },
  };
  const range = (key, from, to) => builder.args(key, [from, Math.round(Math.sqrt(from * to)), to]);
  builder.range = range;
  builder.dense_range = range;
  return new Proxy(builder, { get: (target, key) => (key in target ? target[key] : () => builderOf(target)) });
}

const builderOf = (target) => new Proxy(target, { get: (inner, key) => (key in inner ? inner[key] : () => builderOf(inner)) });
const parametersOf = (generated) =>
  Object.keys(generated)
    .filter((key) => /^\d+$/.test(key))
    .map((key) => generated[key]());

const mitata = () => {
  const wrapped = (...given) =>
    group(
      '',
      given.find((g) => typeof g === 'function'),
    );
  return {
    bench: mitataBench,
    group,
    baseline: mitataBench,
    run: async () => ({ benchmarks: [] }),
    do_not_optimize: (value) => value,
    summary: wrapped,
    boxplot: wrapped,
    barplot: wrapped,
    lineplot: wrapped,
    compact: wrapped,
    measure: async () => anything(),
    B: anything(),
  };
};

const STAND_INS = {
  tinybench: () => ({ Bench, Task: anything(), default: Bench }),
  benchmark: () => ({ default: Benchmark, Suite, 'module.exports': Benchmark }),
  mitata: () => ({ ...mitata(), default: mitata() }),
  vitest: () => vitest(),
};

const SLOT = Symbol.for('codeoptima.suite-recorder');

function standInSource(library) {
  const made = STAND_INS[library]();
  globalThis[SLOT] = { ...globalThis[SLOT], [library]: made };
  const names = Object.keys(made);
  const lines = names.map((name, i) => `const v${i} = made[${JSON.stringify(name)}];`);
  const exported = names.map((name, i) => `v${i} as ${/^\w+$/.test(name) ? name : JSON.stringify(name)}`);
  return `const made = globalThis[Symbol.for('codeoptima.suite-recorder')][${JSON.stringify(library)}];\n${lines.join('\n')}\nexport { ${exported.join(', ')} };\n`;
}

/** Imports the file with its benchmark library replaced; the functions it registered, in order. */
export async function recordSuite(url) {
  const own = Object.keys(STAND_INS);
  registerHooks({
    resolve: (specifier, context, next) =>
      own.includes(specifier)
        ? { url: `codeoptima-stand-in:${specifier}`, format: 'module', shortCircuit: true }
        : next(specifier, context),
    load: (target, context, next) =>
      target.startsWith('codeoptima-stand-in:')
        ? { format: 'module', source: standInSource(target.slice(20)), shortCircuit: true }
        : next(target, context),
  });
  // Vitest offers these without an import when a project asks for globals.
  for (const [name, stand_in] of Object.entries(vitest())) globalThis[name] ??= stand_in;
  const { log, table, info } = console;
  Object.assign(console, { log: () => undefined, table: () => undefined, info: () => undefined });
  try {
    const module = await import(url);
    if (tasks.length === 0 && typeof module.default === 'function') await module.default();
  } catch (error) {
    // Reports about results that do not exist may fail; what was registered before stands.
    if (tasks.length === 0) throw error;
  } finally {
    Object.assign(console, { log, table, info });
  }
  return tasks;
}

/** One registered function as a workload's operation, with the preparations its file asks for. */
export async function operationOf(task) {
  for (const hook of task.before) await hook();
  if (task.each.length === 0) return () => task.run();
  return async () => {
    for (const hook of task.each) await hook();
    return task.run();
  };
}
