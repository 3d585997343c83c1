import type { ChangedSource, Finding } from './finding.ts';
import { type Effect, Flow } from './flow.ts';
import { AT_ONCE, MUTATORS } from './flow-calls.ts';
import { type Holding, holdingOf, isPrimitive } from './holdings.ts';
import { declaredFunctions, type LongLived, longLived } from './long-lived.ts';
import { isPlacedBeforeUse } from './regexp-position.ts';
import { chain, child, children, isFunction, type Node, walk } from './syntax.ts';
import { bare, functionOf, isCalled, type Mention, type Variable, type Variables, variablesOf } from './variables.ts';

/**
 * Functions that run only while the module is loaded: they are called, and every mention of their name is a call outside all functions, or in
 * another such function.
 */
function initialisers(variables: Variables): Set<Node> {
  const found = new Set<Node>();
  const runsOnce = (variable: Variable): Node | null => {
    const made = functionOf(variable);
    if (!made || found.has(made.node) || made.ancestors.some((each) => each.type.startsWith('Export'))) return null;
    const calls = variable.mentions.filter(({ node, ancestors }) => ancestors.at(-1)?.['id'] !== node);
    const isOnce = (each: Node, call: Mention): boolean =>
      !isLater(each) || each === made.node || found.has(each) || isCalledAtOnce(each, call.ancestors);
    const once = calls.every((call) => isCalled(call) && call.ancestors.every((each) => isOnce(each, call)));
    return once && calls.some((call) => !call.ancestors.includes(made.node)) ? made.node : null;
  };
  const all = new Set(variables.values());
  for (let size = -1; size < found.size; ) {
    size = found.size;
    for (const variable of all) {
      const fn = runsOnce(variable);
      if (fn) found.add(fn);
    }
  }
  return found;
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
    return target.type === 'AssignmentPattern' ? leaves(child(target, 'left')) : [bare(target) ?? target];
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

/** What runs each time it is asked for: functions, and the fields of every instance. */
const isLater = (node: Node): boolean =>
  isFunction(node) || (/^Class(Private|Accessor)?Property$/.test(node.type) && node['static'] !== true);

/** The functions around a place that run later than its home does: the module while it is loaded, or a function that runs once. */
function laterFunctions(ancestors: readonly Node[], home: Node | null, loading: ReadonlySet<Node>): Node[] {
  const start = home === null ? 0 : ancestors.indexOf(home) + 1;
  if (home !== null && start === 0) return [];
  return ancestors.slice(start).filter((each) => isLater(each) && !loading.has(each) && !isCalledAtOnce(each, ancestors));
}

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

/** What is read of a file once, for all its variables. */
interface Module {
  tree: Node;
  variables: Variables;
  loading: ReadonlySet<Node>;
  declared: ReadonlyMap<string, Node>;
  /** Every place that is written to. */
  targets: ReadonlySet<Node>;
  /** Member expressions by their text, for static fields. */
  members: ReadonlyMap<string, readonly Mention[]>;
}

function readModule(tree: Node): Module {
  const targets = new Set<Node>();
  const members = new Map<string, Mention[]>();
  walk(tree, (node, ancestors) => {
    for (const target of targetsOf(node)) targets.add(target);
    const text = /MemberExpression$/.test(node.type) ? chain(node) : null;
    if (text !== null) members.set(text, [...(members.get(text) ?? []), { node, ancestors: [...ancestors] }]);
    return;
  });
  const variables = variablesOf(tree);
  return { tree, variables, loading: initialisers(variables), declared: declaredFunctions(tree), targets, members };
}

/** Where a variable is named: by itself, or for a static field as `Memo.rows` and `this.rows`. */
function mentionsOf({ name, id }: LongLived, { variables, members }: Module): readonly Mention[] {
  if (id === null) return [name, `this.${name.slice(name.indexOf('.') + 1)}`].flatMap((text) => members.get(text) ?? []);
  let variable: Variable | undefined;
  walk(id, (node) => {
    if (node['name'] === name) variable ??= variables.get(node);
    return;
  });
  return variable?.mentions ?? [];
}

/** How functions of a module use a variable of it once it is loaded. */
interface Uses {
  written: boolean;
  /** Those who add also take away. */
  bounded: boolean;
  /** Something is assigned, not only told to change by a method. */
  assigned: boolean;
  /** It, or an element of it that can be changed, gets to somebody who may change it later, or whom nobody can follow. */
  kept: boolean;
  handed: boolean;
}

const UNUSED: Uses = { written: false, bounded: false, assigned: false, kept: false, handed: false };

function followed(module: Module, binding: LongLived, holding: Holding): { effects: Effect[]; aliases: ReadonlySet<Variable> } {
  const flow = new Flow(module.variables, holding, module.targets);
  const mentions = mentionsOf(binding, module);
  const effects = flow.follow(mentions);
  const own = mentions.filter(({ node }) => module.targets.has(node));
  return {
    effects: [...effects, ...own.map((mention): Effect => ({ ...mention, kind: 'assigned', depth: 0, part: false }))],
    aliases: flow.aliases,
  };
}

/** Whether functions of the module write to a variable once it is loaded, and whether those that add also take away. */
function usesOf(module: Module, binding: LongLived): Uses {
  const holding = holdingOf(binding, module.variables);
  const later = ({ ancestors }: Mention): Node | undefined => laterFunctions(ancestors, binding.home, module.loading)[0];
  let { effects, aliases } = followed(module, binding, holding);
  if (isPrimitive(binding.init, module.variables) && !effects.some(({ kind, depth }) => kind === 'assigned' && depth === 0)) return UNUSED;
  // What is filled while the module is loaded holds more than its first value shows.
  if (
    holding.parts !== 'objects' &&
    holding.flags === null &&
    effects.some((effect) => /^(assigned|mutated)$/.test(effect.kind) && !later(effect))
  )
    ({ effects, aliases } = followed(module, binding, { ...holding, parts: 'objects', shared_parts: true }));
  const adding = new Set<Node>();
  const removing = new Set<Node>();
  const found = { assigned: false, kept: false, handed: false };
  for (const effect of effects) {
    const outermost = later(effect);
    if (!outermost && effect.kind !== 'bound') continue;
    const counts = effect.part ? holding.shared_parts : holding.shared;
    if (effect.kind === 'removed') removing.add(outermost ?? module.tree);
    else if (effect.kind === 'kept' || effect.kind === 'handed') found[effect.kind] ||= counts;
    else if (effect.kind !== 'moved') adding.add(outermost ?? module.tree);
    else if (isPutBack(effect, outermost as Node) === null) adding.add(outermost as Node);
    else if (isPutBack(effect, outermost as Node) === 'after') found.handed = true;
    found.assigned ||= effect.kind === 'assigned';
  }
  if (holding.iterator || holdsState(binding, module.declared))
    for (const mention of [...mentionsOf(binding, module), ...[...aliases].flatMap((alias) => alias.mentions)]) {
      const outermost = later(mention);
      if (outermost) adding.add(outermost);
    }
  return { ...found, written: adding.size > 0, bounded: adding.size > 0 && [...adding].every((each) => removing.has(each)) };
}

/** Whether the function sets the place of the regular expression back: always before it is used, or somewhere after. */
function isPutBack({ node, ancestors }: Effect, outermost: Node): 'before' | 'after' | null {
  let found: 'before' | 'after' | null = null;
  walk(outermost, (inner, above) => {
    if (inner.type !== 'AssignmentExpression' || !isReset(inner) || !resets(inner).includes(String(node['name']))) return;
    const [statement, block] = [above.at(-1), above.at(-2)];
    if (statement?.type !== 'ExpressionStatement' || block?.type !== 'BlockStatement' || !ancestors.includes(block)) return;
    found = inner.start < node.start || found === 'before' ? 'before' : 'after';
    return;
  });
  return found;
}

/** The names whose place a row of assignments sets back. */
function resets(assignment: Node): string[] {
  const right = child(assignment, 'right');
  const own = (chain(child(assignment, 'left')) ?? '').replace(/\.lastIndex$/, '');
  return right?.type === 'AssignmentExpression' ? [own, ...resets(right)] : [own];
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

/** What the uses of a variable mean for the one who signs, or null where it is only read. */
function verdictOn(binding: LongLived, uses: Uses, base: Uses | null, script: boolean): [Finding['severity'], string] | null {
  const { name } = binding;
  if (uses.written && !base?.written) {
    const weak = binding.init?.type === 'NewExpression' && /^Weak(Map|Set)$/.test(chain(child(binding.init, 'callee')) ?? '');
    // `sort` of a library may be a function of its own that changes nothing.
    const unsure = binding.imported === true && !uses.assigned;
    if (weak || uses.bounded || unsure)
      return ['needs_person', `${name} keeps results between calls: key, bound and invalidation need a look.`];
    return script
      ? ['needs_person', `${name} keeps state for as long as this script runs.`]
      : ['refused', `${name} keeps state between calls, and nothing bounds or invalidates it.`];
  }
  if (base?.written) return null;
  if (uses.kept && !base?.kept)
    return [script ? 'needs_person' : 'refused', `${name} is one value for all calls, and whoever gets it can change it for the next.`];
  return uses.handed && !base?.handed
    ? ['needs_person', `${name} is one value for all calls, and is handed to code that nobody followed: that must not change it.`]
    : null;
}

/** Whether a file is run by itself and gives nothing to others: its variables live as long as one run of it. */
function isScript(tree: Node | null): boolean {
  if (!tree || !child(tree, 'interpreter')) return false;
  let gives = false;
  walk(tree, (node) => {
    if (/^Export/.test(node.type) || /^(exports|module)$/.test(String(node.type === 'Identifier' && node['name']))) gives = true;
    return;
  });
  return !gives;
}

/** New state that outlives a call: refused when it is written without a bound, else a person looks at key and invalidation. */
export function guardModuleState(source: ChangedSource, base: Node | null, candidate: Node): Finding[] {
  const before = base ? longLived(base) : [];
  const [old_module, module] = [base ? readModule(base) : null, readModule(candidate)];
  const script = isScript(base) && isScript(candidate);
  const usesBefore = (name: string): Uses | null => {
    if (!old_module) return null;
    const all = before.filter((known) => known.name === name).map((known) => usesOf(old_module, known));
    const some = (key: keyof Uses): boolean => all.some((uses) => uses[key]);
    return { written: some('written'), bounded: some('bounded'), assigned: some('assigned'), kept: some('kept'), handed: some('handed') };
  };
  const findings: Finding[] = [];
  const found = (severity: Finding['severity'], line: number, message: string): void => {
    findings.push({ guard: 'module-state', severity, file: source.file, line, message });
  };
  for (const binding of longLived(candidate)) {
    const uses = usesOf(module, binding);
    if (!uses.written && !uses.kept && !uses.handed) continue;
    if (binding.init?.type === 'RegExpLiteral' && isPlacedBeforeUse(candidate, binding.name)) continue;
    const verdict = verdictOn(binding, uses, usesBefore(binding.name), script);
    if (verdict) found(verdict[0], binding.line, verdict[1]);
  }
  const known = base ? functionProperties(base) : new Map<string, number>();
  for (const [text, line] of functionProperties(candidate))
    if (!known.has(text)) found('refused', line, `${text} keeps state on a function between calls.`);
  return findings;
}
