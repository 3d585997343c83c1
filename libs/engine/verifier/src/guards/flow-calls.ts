import type { Flow, Value } from './flow.ts';
import { methodName } from './holdings.ts';
import { chain, child, children, isFunction, type Node } from './syntax.ts';
import { bare, functionOf } from './variables.ts';

/** Methods that call what they are given before they return. */
export const AT_ONCE =
  /^(forEach|map|filter|reduce|reduceRight|some|every|find|findIndex|findLast|findLastIndex|flatMap|sort|toSorted|from|replace|replaceAll)$/;

export const MUTATORS =
  /^(push|pop|shift|unshift|splice|sort|reverse|fill|copyWithin|set|add|delete|clear|append|(set|write)(U?[Ii]nt|Float|Double|Big)\w*)$/;
/** Ways to take something out again. */
export const REMOVERS = /^(delete|clear|shift|pop|splice)$/;
/** Built-in functions that only look at what they are given. */
const LOOKERS =
  /^(Object\.(keys|getOwnPropertyNames|getOwnPropertySymbols|hasOwn|is|isFrozen|getPrototypeOf)|JSON\.stringify|Array\.isArray|ArrayBuffer\.isView|Number(\.is\w+)?|String|Boolean|BigInt|Math\.\w+|parseInt|parseFloat|isNaN|isFinite|RegExp|Symbol|WeakMap|WeakSet)$/;
/** Built-in functions that give a new container of the elements. */
const COPIERS = /^(Object\.(values|entries|fromEntries)|Array\.(from|of)|Map|Set|Array|structuredClone|\w+Array|Object\.assign)$/;
/** Methods that only look at what they are given, whatever they belong to. */
const ASKS =
  /^(includes|indexOf|lastIndexOf|has|get|test|exec|startsWith|endsWith|localeCompare|isPrototypeOf|hasOwnProperty|propertyIsEnumerable|log|equal|deepEqual)$/;
/** Methods of texts that use a regular expression without its place, unless it is sticky. */
const TEXT_METHODS = /^(replace|replaceAll|match|matchAll|split|search)$/;
/** Methods of containers that give one element, and those that give a new container of them. */
const GIVES_ONE = /^(get|at|find|findLast|pop|shift)$/;
const GIVES_MANY =
  /^(slice|filter|concat|flat|flatMap|map|values|entries|sort|reverse|fill|toSorted|toReversed|toSpliced|with|splice|reduce|reduceRight|\[Symbol\.iterator\])$/;
/** Functions that write to what they are given first. */
const WRITERS =
  /^(Object\.(assign|defineProperty|defineProperties|setPrototypeOf)|Reflect\.(set|defineProperty|deleteProperty|setPrototypeOf))$/;

const one = (call: Value, value: Value): Value => (value.depth > 0 ? { ...call, depth: value.depth - 1 } : { ...call, part: true });
const many = (call: Value, value: Value): Value => ({ ...one(call, value), depth: Math.max(1, value.depth) });

/** A method of the value is called; `call` is the value's state at the call itself. */
export function flowIntoMethod(flow: Flow, value: Value, method: string | null, call: Value): void {
  const { container, flags, iterator } = flow.holding;
  const own = value.depth === 0;
  if (own && method !== null && MUTATORS.test(method)) {
    flow.effect('mutated', value);
    if (REMOVERS.test(method)) flow.effect('removed', value);
    if (/^(sort|reverse|fill|set|add|copyWithin)$/.test(method)) flow.go(call);
  }
  if (own && !value.part && flags !== null && /[gy]/.test(flags) && /^(test|exec)$/.test(method ?? '')) flow.effect('moved', value);
  if (own && !value.part && iterator) flow.effect('mutated', value);
  if (own && method === null && container && !value.part) flow.effect('handed', value);
  if (!container && !value.part && own) return;
  if (method !== null && GIVES_ONE.test(method)) flow.go(one(call, value));
  if (method !== null && GIVES_MANY.test(method)) flow.go(many(call, value));
  if (method === null || !AT_ONCE.test(method)) return;
  for (const given of children(call.node, 'arguments')) calledWith(flow, given, method, value);
}

/** A callback gets the elements first, and the container itself last. */
function calledWith(flow: Flow, given: Node, method: string, value: Value): void {
  const callback = bare(given);
  if (!callback) return;
  const variable = flow.variables.get(callback);
  const fn = isFunction(callback) ? callback : variable && functionOf(variable)?.node;
  const reduces = method.startsWith('reduce');
  if (!fn) {
    if (variable) flow.effect('handed', value);
    return;
  }
  const element = one(value, value);
  for (const index of reduces ? [0, 1] : method === 'sort' || method === 'toSorted' ? [0, 1] : [0])
    if (!element.part || flow.holding.parts !== 'primitives') flow.flowIntoParameter(fn, index, element);
  flow.flowIntoParameter(fn, reduces ? 3 : 2, value);
}

/** The value is an argument of a call or of `new`. */
export function flowIntoCall(flow: Flow, call: Value, index: number): void {
  const given = children(call.node, 'arguments');
  const callee = bare(child(call.node, 'callee'));
  if (!callee || given.slice(0, index + 1).some((each) => each.type === 'SpreadElement')) return flow.effect('handed', call);
  const variable = flow.variables.get(callee);
  const fn = isFunction(callee) ? callee : variable && call.node.type !== 'NewExpression' && functionOf(variable)?.node;
  if (fn) return flow.flowIntoParameter(fn, index, call);
  const name = chain(callee) ?? '';
  const root = rootOf(callee);
  const isGlobal = root !== null && !flow.variables.has(root);
  if (isGlobal && WRITERS.test(name) && index === 0) {
    if (call.depth === 0) flow.effect('assigned', call);
    return flow.go(call);
  }
  if (isGlobal && name === 'Reflect.apply' && index === 1 && call.depth === 0) return flow.effect('mutated', call);
  if (isGlobal && name === 'Object.freeze') return flow.go(call);
  if (isGlobal && LOOKERS.test(name)) return undefined;
  if (isGlobal && COPIERS.test(name)) return flow.go(many(call, call));
  return flowIntoMethodArgument(flow, call, callee, index);
}

function flowIntoMethodArgument(flow: Flow, call: Value, callee: Node, index: number): void {
  const method = methodName(callee);
  const borrowed = /^(call|apply|bind)$/.test(method ?? '') ? methodName(bare(child(callee, 'object'))) : null;
  if (borrowed !== null && index === 0) {
    const changes = MUTATORS.test(borrowed) || (/^(test|exec)$/.test(borrowed) && flow.holding.shared);
    if (changes) return call.depth === 0 ? flow.effect(method === 'bind' ? 'bound' : 'mutated', call) : undefined;
    return method === 'bind' || !(ASKS.test(borrowed) || GIVES_MANY.test(borrowed))
      ? flow.effect('handed', call)
      : flow.go(many(call, call));
  }
  const { flags } = flow.holding;
  if (flags !== null && !call.part && call.depth === 0 && TEXT_METHODS.test(method ?? '')) {
    if (flags.includes('y') && !/^(split|search|matchAll)$/.test(method ?? '') && !/g/.test(flags)) flow.effect('moved', call);
    return undefined;
  }
  if (method !== null && ASKS.test(method)) return undefined;
  if (method === 'concat') return flow.go(many(call, call));
  if (method === null || !MUTATORS.test(method)) return flow.effect('handed', call);
  return flow.flowIntoContainer(bare(child(callee, 'object')), call);
}

/** The variable a chain of members begins with. */
function rootOf(node: Node): Node | null {
  let at: Node | null = node;
  while (at && /MemberExpression$/.test(at.type)) at = bare(child(at, 'object'));
  return at?.type === 'Identifier' ? at : null;
}
