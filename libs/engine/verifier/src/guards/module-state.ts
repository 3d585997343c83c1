import type { ChangedSource, Finding } from './finding.ts';
import { declaredFunctions, type LongLived, longLived } from './long-lived.ts';
import { declaredIn } from './scopes.ts';
import { chain, child, children, isFunction, type Node, walk } from './syntax.ts';

const MUTATORS = /^(push|pop|shift|unshift|splice|sort|reverse|fill|copyWithin|set|add|delete|clear)$/;
/** Ways to take something out again. */
const REMOVERS = /^(delete|clear|shift|pop|splice)$/;
/** Methods that call what they are given before they return. */
const AT_ONCE =
  /^(forEach|map|filter|reduce|reduceRight|some|every|find|findIndex|findLast|findLastIndex|flatMap|sort|toSorted|from|replace|replaceAll)$/;
/** Ways to write to what is handed over first: `Object.assign(memo, …)`, `Map.prototype.set.call(memo, …)`. */
const WRITERS =
  /^(Object\.(assign|defineProperty|defineProperties|setPrototypeOf)|Reflect\.(set|defineProperty|deleteProperty|apply))$|\.(call|apply)$/;

interface Writes {
  written: boolean;
  bounded: boolean;
  /** Something is assigned, not only told to change by a method. */
  assigned: boolean;
}

/** Functions that run only while the module is loaded: they are called, and every mention of their name is a call outside all functions. */
function initialisers(tree: Node): Set<Node> {
  const declared = new Map<string, Node>();
  const at_top = new Set<string>();
  const elsewhere = new Set<string>();
  walk(tree, (node, ancestors) => {
    const name = node['name'];
    if (node.type !== 'Identifier' || typeof name !== 'string') return;
    const parent = ancestors.at(-1);
    if (parent?.type === 'FunctionDeclaration' && child(parent, 'id') === node) {
      // Two functions of one name are not told apart.
      const offered = ancestors.some((each) => (isFunction(each) ? each !== parent : each.type.startsWith('Export')));
      if (declared.has(name) || offered) elsewhere.add(name);
      declared.set(name, parent);
      return;
    }
    const called = parent?.type === 'CallExpression' && child(parent, 'callee') === node;
    if (called && !ancestors.some(isFunction)) at_top.add(name);
    else elsewhere.add(name);
    return;
  });
  return new Set([...declared].filter(([name]) => at_top.has(name) && !elsewhere.has(name)).map(([, node]) => node));
}

/** `A.lastIndex = 0`, also in a row of such: a regular expression is put back, nothing is kept. */
const isReset = (assignment: Node): boolean => {
  const value = child(assignment, 'right');
  const constant = value?.type === 'NumericLiteral' || (value?.type === 'AssignmentExpression' && isReset(value));
  return constant && /\.lastIndex$/.test(chain(child(assignment, 'left')) ?? '');
};

/** What a node writes to, patterns taken apart. */
function targetsOf(node: Node): Node[] {
  const leaves = (target: Node | null): Node[] => {
    if (!target) return [];
    if (/^(Object|Array)Pattern$/.test(target.type))
      return [...children(target, 'properties'), ...children(target, 'elements')].flatMap((item) => leaves(item));
    if (target.type === 'ObjectProperty') return leaves(child(target, 'value'));
    if (target.type === 'RestElement') return leaves(child(target, 'argument'));
    return target.type === 'AssignmentPattern' ? leaves(child(target, 'left')) : [target];
  };
  if (node.type === 'AssignmentExpression') return isReset(node) ? [] : leaves(child(node, 'left'));
  if (node.type === 'UpdateExpression' || (node.type === 'UnaryExpression' && node['operator'] === 'delete'))
    return leaves(child(node, 'argument'));
  const left = /^For(In|Of)Statement$/.test(node.type) ? child(node, 'left') : null;
  return left && left.type !== 'VariableDeclaration' ? leaves(left) : [];
}

/** Whether a function is a callback that a method calls before it returns. */
function isCalledAtOnce(each: Node, ancestors: readonly Node[]): boolean {
  const call = ancestors[ancestors.indexOf(each) - 1];
  if (!call || !/CallExpression$/.test(call.type)) return false;
  const callee = child(call, 'callee');
  return callee === each || AT_ONCE.test(String(callee && child(callee, 'property')?.['name']));
}

/** The functions around a place that run later than its home does: the module while it is loaded, or a function that runs once. */
function laterFunctions(ancestors: readonly Node[], home: Node | null, loading: ReadonlySet<Node>): Node[] {
  const start = home === null ? 0 : ancestors.indexOf(home) + 1;
  if (home !== null && start === 0) return [];
  return ancestors.slice(start).filter((each) => isFunction(each) && !loading.has(each) && !isCalledAtOnce(each, ancestors));
}

/** Whether a nearer declaration of the same name stands between the variable and a place in `outermost`. */
const isShadowed = (name: string, ancestors: readonly Node[], outermost: Node): boolean =>
  ancestors.slice(ancestors.indexOf(outermost)).some((each) => declaredIn(each).has(name));

/** Whether instances of a class change after they are made: a method writes to `this`. */
function changesItself(node: Node): boolean {
  return children(child(node, 'body') ?? node, 'body').some((member) => {
    if (member['kind'] === 'constructor') return false;
    let found = false;
    walk(member, (inner, ancestors) => {
      if (targetsOf(inner).some((target) => chain(target)?.startsWith('this.')) && ancestors.length > 0) found = true;
      const callee = /CallExpression$/.test(inner.type) ? (chain(child(inner, 'callee')) ?? '') : '';
      if (callee.startsWith('this.') && MUTATORS.test(callee.split('.').at(-1) ?? '') && callee.split('.').length > 2) found = true;
      return;
    });
    return found;
  });
}

/** Whether a binding holds an instance of a class of this file that keeps state. */
function holdsState({ init }: LongLived, declared: ReadonlyMap<string, Node>): boolean {
  if (init?.type !== 'NewExpression') return false;
  let callee = child(init, 'callee');
  while (callee && /^(TS\w+|Parenthesized)Expression$/.test(callee.type)) callee = child(callee, 'expression');
  const made = callee && /^Class/.test(callee.type) ? callee : declared.get(chain(callee) ?? '');
  return made !== undefined && /^Class/.test(made.type) && changesItself(made);
}

/** A place that may write: what it assigns, what it calls with what first, and the names it uses. */
interface Place {
  targets: string[];
  callee: string | null;
  first: string | null;
  used: string | null;
  ancestors: readonly Node[];
}

/** What is read of a file once, for all its variables. */
interface Module {
  tree: Node;
  loading: ReadonlySet<Node>;
  declared: ReadonlyMap<string, Node>;
  /** New name and old name of plain copies: `const m = memo`, a default `m = memo` of a parameter. */
  copies: readonly (readonly [string, string])[];
  places: readonly Place[];
}

function readModule(tree: Node): Module {
  const copies: [string, string][] = [];
  const places: Place[] = [];
  walk(tree, (node, ancestors) => {
    const isDeclarator = node.type === 'VariableDeclarator';
    const [to, from] = isDeclarator ? [child(node, 'id'), child(node, 'init')] : [child(node, 'left'), child(node, 'right')];
    if ((isDeclarator || /^Assignment(Pattern|Expression)$/.test(node.type)) && to?.type === 'Identifier' && from?.type === 'Identifier')
      copies.push([String(to['name']), String(from['name'])]);
    const targets = targetsOf(node).flatMap((target) => chain(target) ?? []);
    const callee = /CallExpression$/.test(node.type) ? chain(child(node, 'callee')) : null;
    const used = node.type === 'Identifier' ? String(node['name']) : null;
    if (targets.length > 0 || callee !== null || used !== null)
      places.push({
        targets,
        callee,
        used,
        first: callee === null ? null : chain(children(node, 'arguments')[0] ?? null),
        ancestors: [...ancestors],
      });
    return;
  });
  return { tree, loading: initialisers(tree), declared: declaredFunctions(tree), copies, places };
}

/** The names a variable goes by: its own, `this.x` and `x` for a static field, and plain copies. */
function namesOf(name: string, { copies }: Module): Set<string> {
  if (name.includes('.')) {
    const last = name.slice(name.indexOf('.') + 1);
    return new Set([name, last, `this.${last}`]);
  }
  const names = new Set([name]);
  for (let size = 0; size < names.size; ) {
    size = names.size;
    for (const [to, from] of copies) if (names.has(from)) names.add(to);
  }
  return names;
}

/** Whether functions of the module write to a binding once it is loaded, and whether those that add also take away. */
function writesTo(module: Module, binding: LongLived): Writes {
  const names = namesOf(binding.name, module);
  const concerns = (text: string | null): boolean => text !== null && [...names].some((own) => text === own || text.startsWith(`${own}.`));
  const stateful = holdsState(binding, module.declared);
  const adding = new Set<Node>();
  const removing = new Set<Node>();
  let assigned = false;
  for (const { targets, callee, first, used, ancestors } of module.places) {
    const parts = callee?.split('.') ?? [];
    const method = parts.at(-1) ?? '';
    // `const put = list.push.bind(list)`: who calls it later, writes.
    const bound = method === 'bind' && concerns(callee) && MUTATORS.test(parts.at(-2) ?? '');
    const mutates = concerns(callee) && !names.has(callee ?? '') && MUTATORS.test(method);
    const hands = WRITERS.test(callee ?? '') && concerns(first);
    const uses = stateful && used !== null && names.has(used);
    if (!bound && !mutates && !hands && !uses && !targets.some(concerns) && !(concerns(callee) && REMOVERS.test(method))) continue;
    const [outermost] = laterFunctions(ancestors, binding.home, module.loading);
    if (!bound && (!outermost || isShadowed(binding.name, ancestors, outermost))) continue;
    assigned ||= hands || targets.some(concerns);
    if (bound || mutates || hands || uses || targets.some(concerns)) adding.add(outermost ?? module.tree);
    if (concerns(callee) && REMOVERS.test(method) && outermost) removing.add(outermost);
  }
  return { written: adding.size > 0, bounded: adding.size > 0 && [...adding].every((each) => removing.has(each)), assigned };
}

/** A function that carries state on itself: `render.cache = …`, `render.last = …`. */
function functionProperties(tree: Node): Map<string, number> {
  const functions = new Set<string>();
  const found = new Map<string, number>();
  walk(tree, (node) => {
    const name = child(node, 'id')?.['name'];
    if (node.type === 'FunctionDeclaration' && typeof name === 'string') functions.add(name);
    return;
  });
  walk(tree, (node) => {
    for (const target of targetsOf(node)) {
      const text = chain(target);
      const owner = text?.split('.')[0];
      if (text && owner && text.includes('.') && functions.has(owner) && !text.startsWith(`${owner}.prototype`))
        found.set(text, node.loc.start.line);
    }
    return;
  });
  return found;
}

/** New state that outlives a call: refused when it is written without a bound, else a person looks at key and invalidation. */
export function guardModuleState(source: ChangedSource, base: Node | null, candidate: Node): Finding[] {
  const before = base ? longLived(base) : [];
  const [old_module, module] = [base ? readModule(base) : null, readModule(candidate)];
  const hadState = (name: string): boolean =>
    old_module !== null && before.some((known) => known.name === name && writesTo(old_module, known).written);
  const findings: Finding[] = [];
  for (const binding of longLived(candidate)) {
    const { written, bounded, assigned } = writesTo(module, binding);
    if (!written) continue;
    if (hadState(binding.name)) continue;
    const weak = binding.init?.type === 'NewExpression' && /^Weak(Map|Set)$/.test(chain(child(binding.init, 'callee')) ?? '');
    // `sort` of a library may be a function of its own that changes nothing.
    const unsure = binding.imported === true && !assigned;
    findings.push({
      guard: 'module-state',
      severity: weak || bounded || unsure ? 'needs_person' : 'refused',
      file: source.file,
      line: binding.line,
      message:
        weak || bounded || unsure
          ? `${binding.name} keeps results between calls: key, bound and invalidation need a look.`
          : `${binding.name} keeps state between calls, and nothing bounds or invalidates it.`,
    });
  }
  const known = base ? functionProperties(base) : new Map<string, number>();
  for (const [text, line] of functionProperties(candidate)) {
    if (!known.has(text))
      findings.push({
        guard: 'module-state',
        severity: 'refused',
        file: source.file,
        line,
        message: `${text} keeps state on a function between calls.`,
      });
  }
  return findings;
}
