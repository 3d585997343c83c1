import { AT_ONCE, flowIntoCall, flowIntoMethod } from './flow-calls.ts';
import { type Holding, methodName } from './holdings.ts';
import { chain, child, children, isFunction, type Node } from './syntax.ts';
import { around, bare, functionOf, isCalled, type Mention, type Variable, type Variables } from './variables.ts';

/** A place that holds the value of a variable, or some of it. */
export interface Value extends Mention {
  /** Containers made around it: `[rows]` and `{ rows }` hold rows one deep. */
  depth: number;
  /** It is an element of the value, not the value itself. */
  part: boolean;
}

/**
 * What happens to a value: `assigned` and `mutated` change it, `removed` takes something out, `bound` makes a function that changes it, `moved`
 * moves the place of a regular expression, `kept` hands it to somebody who may change it later, `handed` to one who may change it now.
 */
export type EffectKind = 'assigned' | 'mutated' | 'removed' | 'bound' | 'moved' | 'kept' | 'handed';

export interface Effect extends Value {
  kind: EffectKind;
}

const DEPTH_MAX = 2;
/** Parents that only look at a value, or drop it. */
const LOOKS =
  /^(Expression|If|While|DoWhile|For|ForIn|Switch|Labeled|Block|Empty)Statement$|^(Binary|Unary|Update)Expression$|^(TemplateLiteral|SwitchCase|Program|ForInStatement|ClassDeclaration|ClassExpression|VariableDeclaration|CatchClause|RestElement|ObjectPattern|ArrayPattern|ImportSpecifier|ImportDefaultSpecifier|ImportNamespaceSpecifier|ExportSpecifier|ExportDefaultDeclaration|TSExportAssignment)$/;

/** Follows a value through names, patterns, parameters, results and containers of a file. Where it cannot, it says `handed`. */
export class Flow {
  readonly effects: Effect[] = [];
  readonly variables: Variables;
  readonly holding: Holding;
  /** Places that are written to, patterns taken apart. */
  readonly targets: ReadonlySet<Node>;
  /** Variables that hold the value itself. */
  readonly aliases = new Set<Variable>();
  readonly #seen = new Map<Node, Set<string>>();
  readonly #open: Value[] = [];

  constructor(variables: Variables, holding: Holding, targets: ReadonlySet<Node>) {
    this.variables = variables;
    this.holding = holding;
    this.targets = targets;
  }

  follow(sources: readonly Mention[]): Effect[] {
    for (const { node, ancestors } of sources) this.go({ node, ancestors, depth: 0, part: false });
    for (let value = this.#open.pop(); value; value = this.#open.pop()) this.#climb(value);
    return this.effects;
  }

  go(value: Value): void {
    if (value.part && this.holding.parts === 'primitives') return;
    const depth = Math.min(value.depth, DEPTH_MAX);
    const seen = this.#seen.get(value.node) ?? new Set();
    this.#seen.set(value.node, seen);
    const state = `${depth} ${value.part}`;
    if (seen.has(state)) return;
    seen.add(state);
    this.#open.push({ ...value, depth });
  }

  effect(kind: EffectKind, value: Value): void {
    this.effects.push({ ...value, kind });
  }

  /** A variable holds the value from here on. */
  flowIntoVariable(variable: Variable, value: Value): void {
    if (value.depth === 0 && !value.part) this.aliases.add(variable);
    for (const mention of variable.mentions) this.go({ ...value, ...mention });
  }

  /** The names of a pattern take the value apart. `at` says where the pattern stands. */
  flowIntoPattern(pattern: Node | null, value: Value): void {
    if (!pattern) return;
    const inside = value.depth > 0 ? { ...value, depth: value.depth - 1 } : { ...value, part: true };
    const isPart = value.part || this.holding.parts !== 'primitives' || value.depth > 0;
    if (pattern.type === 'Identifier') {
      const variable = this.variables.get(pattern);
      if (variable) this.flowIntoVariable(variable, value);
      else this.effect('kept', value);
    } else if (pattern.type === 'AssignmentPattern') this.flowIntoPattern(child(pattern, 'left'), value);
    else if (pattern.type === 'RestElement') this.flowIntoPattern(child(pattern, 'argument'), { ...inside, depth: inside.depth + 1 });
    else if (/^(Object|Array)Pattern$/.test(pattern.type)) {
      if (!isPart) return;
      for (const item of [...children(pattern, 'properties'), ...children(pattern, 'elements')])
        if (item.type === 'RestElement') this.flowIntoPattern(item, value);
        else this.flowIntoPattern(item.type === 'ObjectProperty' ? child(item, 'value') : item, inside);
    } else {
      const owner = /MemberExpression$/.test(pattern.type) ? bare(child(pattern, 'object')) : null;
      this.flowIntoContainer(owner, value);
    }
  }

  /** The value is put into something: one that the function made for itself is followed, any other one keeps it. */
  flowIntoContainer(owner: Node | null, value: Value): void {
    const variable = owner && this.variables.get(owner);
    if (variable && isFreshIn(variable, value)) this.flowIntoVariable(variable, { ...value, depth: value.depth + 1 });
    else this.effect('kept', value);
  }

  /** A parameter gets the value; a function that reads `arguments` may do anything with it. */
  flowIntoParameter(fn: Node, index: number, value: Value): void {
    const params = children(fn, 'params');
    const rest = params.findIndex((param) => param.type === 'RestElement');
    if (readsArguments(fn)) this.effect('handed', value);
    if (rest >= 0 && index >= rest) this.flowIntoPattern(child(params[rest] as Node, 'argument'), { ...value, depth: value.depth + 1 });
    else this.flowIntoPattern(params[index] ?? null, value);
  }

  #climb(value: Value): void {
    const { parent, inner, above } = around(value);
    if (!parent) return;
    const outer = { ...value, node: parent, ancestors: above };
    switch (parent.type) {
      case 'VariableDeclarator':
        return child(parent, 'init') === inner ? this.flowIntoPattern(child(parent, 'id'), value) : undefined;
      case 'AssignmentExpression':
        return this.#assign(parent, inner, value, outer);
      case 'AssignmentPattern':
        return child(parent, 'right') === inner ? this.flowIntoPattern(child(parent, 'left'), value) : undefined;
      case 'ConditionalExpression':
        return child(parent, 'test') === inner ? undefined : this.go(outer);
      case 'LogicalExpression':
      case 'AwaitExpression':
        return this.go(outer);
      case 'SequenceExpression':
        return children(parent, 'expressions').at(-1) === inner ? this.go(outer) : undefined;
      case 'ArrayExpression':
        return this.go({ ...outer, depth: value.depth + 1 });
      case 'SpreadElement':
        return this.#spread(outer);
      case 'ObjectProperty':
        if (above.at(-1)?.type !== 'ObjectExpression' || child(parent, 'value') !== inner) return undefined;
        return this.go({ ...outer, node: above.at(-1) as Node, ancestors: above.slice(0, -1), depth: value.depth + 1 });
      case 'MemberExpression':
      case 'OptionalMemberExpression':
        return child(parent, 'object') === inner ? this.#member(value, outer) : undefined;
      case 'CallExpression':
      case 'OptionalCallExpression':
      case 'NewExpression':
        return child(parent, 'callee') === inner ? undefined : flowIntoCall(this, outer, children(parent, 'arguments').indexOf(inner));
      case 'ForOfStatement':
        return child(parent, 'right') === inner ? this.#each(parent, value) : undefined;
      case 'ReturnStatement':
        return this.#returned(value, above);
      default:
        return this.#other(parent, inner, value, above);
    }
  }

  #other(parent: Node, inner: Node, value: Value, above: readonly Node[]): void {
    if (isFunction(parent)) {
      if (child(parent, 'body') === inner) this.#returned(value, [...above, parent]);
    } else if (/^(ClassProperty|ClassPrivateProperty|ClassAccessorProperty|ThrowStatement|YieldExpression)$/.test(parent.type))
      this.effect('kept', value);
    else if (!LOOKS.test(parent.type)) this.effect('handed', value);
  }

  #assign(parent: Node, inner: Node, value: Value, outer: Value): void {
    if (child(parent, 'right') !== inner || !/^(=|\|\|=|&&=|\?\?=)$/.test(String(parent['operator']))) return;
    this.flowIntoPattern(child(parent, 'left'), value);
    this.go(outer);
  }

  /** `[...rows]` and `f(...rows)`: a new container, or arguments, of the elements. */
  #spread(spread: Value): void {
    const holder = spread.ancestors.at(-1);
    const elements: Value = spread.depth > 0 ? { ...spread, depth: spread.depth - 1 } : { ...spread, part: true };
    if (!holder || (elements.part && this.holding.parts === 'primitives')) return;
    if (!/^(Array|Object)Expression$/.test(holder.type)) return this.effect('handed', elements);
    return this.go({ ...elements, node: holder, ancestors: spread.ancestors.slice(0, -1), depth: elements.depth + 1 });
  }

  #each(loop: Node, value: Value): void {
    const elements: Value = value.depth > 0 ? { ...value, depth: value.depth - 1 } : { ...value, part: true };
    if (elements.part && this.holding.parts === 'primitives') return;
    const left = child(loop, 'left');
    for (const pattern of left?.type === 'VariableDeclaration' ? children(left, 'declarations').map((item) => child(item, 'id')) : [left])
      this.flowIntoPattern(pattern, elements);
  }

  /** A property is read, written, or called. */
  #member(value: Value, member: Value): void {
    const { parent, inner, above } = around(member);
    if (this.targets.has(member.node)) {
      if (value.depth === 0) this.effect('assigned', value);
      return;
    }
    const called = parent && /CallExpression$/.test(parent.type) && child(parent, 'callee') === inner;
    if (called) return flowIntoMethod(this, value, methodName(member.node), { ...value, node: parent, ancestors: above });
    // `rows.push.bind(rows)`: the value that is handed over counts as well.
    const borrowed = parent && /MemberExpression$/.test(parent.type) ? methodName(parent) : null;
    if (borrowed !== null && /^(bind|call|apply)$/.test(borrowed) && isCalled({ node: parent as Node, ancestors: above })) return;
    if (value.depth > 0) return this.go({ ...member, depth: value.depth - 1 });
    if (!/^(length|size|lastIndex|source|flags)$/.test(methodName(member.node) ?? '')) this.go({ ...member, part: true });
  }

  /** The result of a function goes where the function is called, when all its calls are known. `functions` ends with those around. */
  #returned(value: Value, above: readonly Node[]): void {
    const at = above.findLastIndex(isFunction);
    const fn = above[at];
    if (!fn || fn['generator'] === true) return this.effect('kept', value);
    const place: Mention = { node: fn, ancestors: above.slice(0, at) };
    const { parent, inner, above: outer } = around(place);
    const call: Value = { ...value, node: parent as Node, ancestors: outer };
    if (isCalled(place)) return this.go(call);
    if (parent && /CallExpression$/.test(parent.type) && AT_ONCE.test(methodName(child(parent, 'callee')) ?? ''))
      return this.go({ ...call, depth: value.depth + 1 });
    const id = parent?.type === 'VariableDeclarator' && child(parent, 'init') === inner ? child(parent, 'id') : child(fn, 'id');
    const variable = id && this.variables.get(id);
    const exported = place.ancestors.slice(-3).some((each) => each.type.startsWith('Export'));
    if (!variable || exported || functionOf(variable)?.node !== fn) return this.effect('kept', value);
    for (const mention of variable.mentions) {
      if (mention.node === id) continue;
      if (!isCalled(mention)) return this.effect('kept', value);
      const { parent: site, above: around_site } = around(mention);
      this.go({ ...value, node: site as Node, ancestors: around_site });
    }
    return undefined;
  }
}

/** Whether a variable is one of the function around a value, and holds nothing but a container made there. */
function isFreshIn({ mentions }: Variable, value: Value): boolean {
  const fn = value.ancestors.findLast(isFunction);
  const isDeclaration = ({ node, ancestors }: Mention): boolean =>
    ancestors.at(-1)?.type === 'VariableDeclarator' && ancestors.at(-1)?.['id'] === node;
  if (!mentions.some(isDeclaration)) return false;
  return mentions.every((mention) => {
    const { node, ancestors } = mention;
    const parent = ancestors.at(-1);
    if (ancestors.findLast(isFunction) !== fn) return false;
    if (parent && isDeclaration(mention)) return isMadeHere(bare(child(parent, 'init')));
    return !(parent && /^Assignment(Expression|Pattern)$/.test(parent.type) && parent['left'] === node);
  });
}

const isMadeHere = (node: Node | null): boolean =>
  node !== null &&
  (/^(Array|Object)Expression$/.test(node.type) ||
    (node.type === 'NewExpression' && /^(Map|Set|Array)$/.test(chain(child(node, 'callee')) ?? '')));

/** Whether a function reads `arguments`, which are its own. */
export function readsArguments(fn: Node): boolean {
  const search = (node: Node): boolean => {
    if (node.type === 'Identifier' && node['name'] === 'arguments') return true;
    if (isFunction(node) && node !== fn && node.type !== 'ArrowFunctionExpression') return false;
    return Object.entries(node).some(
      ([key, inner]) =>
        !/^(loc|extra|leadingComments|trailingComments|innerComments)$/.test(key) &&
        (Array.isArray(inner) ? inner : [inner]).some(
          (each) => typeof each === 'object' && each !== null && 'type' in each && search(each as Node),
        ),
    );
  };
  return fn.type !== 'ArrowFunctionExpression' && search(fn);
}
