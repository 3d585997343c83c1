import type { ChangedSource, Finding } from './finding.ts';
import { chain, child, children, isFunction, type Node, walk } from './syntax.ts';

interface ModuleBinding {
  name: string;
  kind: string;
  init: Node | null;
  line: number;
}

const MUTATORS = /^(push|pop|shift|unshift|splice|sort|reverse|fill|copyWithin|set|add|delete|clear)$/;

/** Variables that live as long as the module: top-level ones, and those of a function that is called at once at top level. */
export function moduleBindings(tree: Node): ModuleBinding[] {
  const found: ModuleBinding[] = [];
  const declare = (statement: Node): void => {
    const declaration = /^Export(Named|Default)Declaration$/.test(statement.type) ? child(statement, 'declaration') : statement;
    if (declaration?.type === 'VariableDeclaration') {
      for (const item of children(declaration, 'declarations')) {
        const id = child(item, 'id');
        const init = child(item, 'init');
        if (id?.type === 'Identifier')
          found.push({ name: id['name'] as string, kind: declaration['kind'] as string, init, line: item.loc.start.line });
        if (init) calledAtOnce(init);
      }
    } else if (declaration?.type === 'ExpressionStatement') calledAtOnce(child(declaration, 'expression'));
    else if (declaration?.type === 'ClassDeclaration') staticFields(declaration);
  };
  const calledAtOnce = (node: Node | null): void => {
    if (!node) return;
    const callee = node.type === 'CallExpression' ? child(node, 'callee') : node.type === 'AssignmentExpression' ? null : null;
    if (node.type === 'AssignmentExpression') calledAtOnce(child(node, 'right'));
    const body = callee && isFunction(callee) ? child(callee, 'body') : null;
    if (body?.type === 'BlockStatement') for (const statement of children(body, 'body')) declare(statement);
  };
  const staticFields = (node: Node): void => {
    const owner = (child(node, 'id')?.['name'] as string | undefined) ?? 'class';
    for (const member of children(child(node, 'body') ?? node, 'body')) {
      if (/^Class(Private)?Property$/.test(member.type) && member['static']) {
        const key = child(member, 'key');
        const name = (key?.['name'] ?? child(key ?? member, 'id')?.['name']) as string | undefined;
        if (name) found.push({ name: `${owner}.${name}`, kind: 'static', init: child(member, 'value'), line: member.loc.start.line });
      }
    }
  };
  for (const statement of children(tree, 'body')) declare(statement);
  return found;
}

interface Writes {
  written: boolean;
  bounded: boolean;
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

/** Ways to write to what is handed over first: `Object.assign(memo, …)`, `Map.prototype.set.call(memo, …)`. */
const WRITERS =
  /^(Object\.(assign|defineProperty|defineProperties|setPrototypeOf)|Reflect\.(set|defineProperty|deleteProperty|apply))$|\.(call|apply)$/;

/** Other names of a binding: `const m = memo`, a default `m = memo` of a parameter. */
function aliasesOf(tree: Node, name: string): string[] {
  const found = new Set([name]);
  for (let size = 0; size < found.size; ) {
    size = found.size;
    walk(tree, (node) => {
      const [to, from] =
        node.type === 'VariableDeclarator' ? [child(node, 'id'), child(node, 'init')] : [child(node, 'left'), child(node, 'right')];
      const isName = /^(VariableDeclarator|AssignmentPattern|AssignmentExpression)$/.test(node.type);
      if (isName && to?.type === 'Identifier' && from?.type === 'Identifier' && found.has(from['name'] as string))
        found.add(to['name'] as string);
      return;
    });
  }
  found.delete(name);
  return [...found];
}

/** `pattern.lastIndex = 0` takes state away from a regular expression rather than keeping any. */
const isReset = (assignment: Node): boolean => {
  const value = child(assignment, 'right');
  const constant = value?.type === 'NumericLiteral' || (value?.type === 'AssignmentExpression' && isReset(value));
  return constant && /\.lastIndex$/.test(chain(child(assignment, 'left')) ?? '');
};

/** Whether functions of the module write to a binding once it is loaded, and whether anything bounds its growth. */
function writesTo(tree: Node, name: string): Writes {
  const result: Writes = { written: false, bounded: false };
  const loading = initialisers(tree);
  const last = name.split('.').at(-1) ?? name;
  const names = new Set([name, `this.${last}`, last, ...aliasesOf(tree, name)]);
  const concerns = (text: string | null): boolean => text !== null && [...names].some((own) => text === own || text.startsWith(`${own}.`));
  walk(tree, (node, ancestors) => {
    const running = ancestors.filter(isFunction);
    if (running.length === 0 || running.some((each) => loading.has(each))) return;
    if (node.type === 'AssignmentExpression' && concerns(chain(child(node, 'left'))) && !isReset(node)) result.written = true;
    if (node.type === 'UpdateExpression' && concerns(chain(child(node, 'argument')))) result.written = true;
    if (/CallExpression$/.test(node.type)) {
      const text = chain(child(node, 'callee'));
      const method = text?.split('.').at(-1) ?? '';
      if (concerns(text) && text !== name && MUTATORS.test(method)) result.written = true;
      if (WRITERS.test(text ?? '') && concerns(chain(children(node, 'arguments')[0] ?? null))) result.written = true;
      if (concerns(text) && /^(delete|clear|shift|pop)$/.test(method)) result.bounded = true;
    }
    return;
  });
  return result;
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
    const text = node.type === 'AssignmentExpression' ? chain(child(node, 'left')) : null;
    const owner = text?.split('.')[0];
    if (text && owner && text.includes('.') && functions.has(owner) && !text.startsWith(`${owner}.prototype`))
      found.set(text, node.loc.start.line);
    return;
  });
  return found;
}

/** New state that outlives a call: refused when it is written without a bound, else a person looks at key and invalidation. */
export function guardModuleState(source: ChangedSource, base: Node | null, candidate: Node): Finding[] {
  const before = new Map((base ? moduleBindings(base) : []).map((binding) => [binding.name, binding]));
  const findings: Finding[] = [];
  for (const binding of moduleBindings(candidate)) {
    const { written, bounded } = writesTo(candidate, binding.name);
    if (!written) continue;
    if (before.has(binding.name) && base && writesTo(base, binding.name).written) continue;
    const weak = binding.init?.type === 'NewExpression' && /^Weak(Map|Set)$/.test(chain(child(binding.init, 'callee')) ?? '');
    findings.push({
      guard: 'module-state',
      severity: weak || bounded ? 'needs_person' : 'refused',
      file: source.file,
      line: binding.line,
      message:
        weak || bounded
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
