import { type Edit, replace } from '../edit/edits.ts';
import { insertionPoint } from '../edit/insertion.ts';
import { withoutNeedlessParens } from '../edit/parens.ts';
import { ITERATING_METHODS } from '../facts/builtins.ts';
import { effectsOf } from '../facts/effects.ts';
import { iterationsAround } from '../facts/iteration.ts';
import { staticType } from '../facts/static-type.ts';
import { mayBeUnset } from '../facts/unset.ts';
import { type Use, usesOf } from '../facts/uses.ts';
import { ancestors, type SourceModel } from '../syntax/model.ts';
import { contains, endOf, isFunction, isLoop, methodCall, type Node, startOf, unwrap } from '../syntax/node.ts';
import type { Binding } from '../syntax/scope.ts';
import { fails, HOLDS } from '../verdict.ts';
import { isRepeatable } from './basic.ts';
import { bindingOfValue, NOT_APPLICABLE, notAVariable, type Step } from './step.ts';

/** A literal string that is not empty. */
export const literal_nonempty: Step = (_context, value) => {
  const node = value?.node ? unwrap(value.node) : null;
  return node?.type === 'StringLiteral' && node.value !== '' ? HOLDS : fails(`\`${value?.text}\` is not a literal text`);
};

/** Every element of the matched array literal is provably a string. */
export const elements_are_strings: Step = ({ model }, literal) => {
  const array = literal?.node ? unwrap(literal.node) : null;
  if (array?.type !== 'ArrayExpression' || array.elements.length < 2 || array.elements.length > 4) return NOT_APPLICABLE;
  for (const element of array.elements) {
    if (!element || element.type === 'SpreadElement') return NOT_APPLICABLE;
    if (staticType(model, element)?.name !== 'string') return fails(`\`${model.text(element)}\` is not provably a string`);
  }
  return HOLDS;
};

const TIGHT = new Set(['StringLiteral', 'TemplateLiteral', 'Identifier', 'MemberExpression', 'CallExpression']);

/** `a + sep + b` of the elements of an array literal. */
export const concatenation: Step = ({ model }, literal, separator) => {
  const array = literal?.node ? unwrap(literal.node) : null;
  const node = separator?.node ? unwrap(separator.node) : null;
  if (array?.type !== 'ArrayExpression' || node?.type !== 'StringLiteral') return NOT_APPLICABLE;
  const between = node.value === '' ? ' + ' : ` + ${model.text(node)} + `;
  return {
    text: array.elements
      .map((element) => (element && TIGHT.has(element.type) ? model.text(element) : `(${model.text(element as Node)})`))
      .join(between),
  };
};

interface Parts {
  binding: Binding;
  pushes: Use[];
  join: Use;
  separator: string;
}

/** A local array that is only pushed to and at the end joined. */
function partsOf(model: SourceModel, binding: Binding): Parts | string {
  const init = binding.declaration.type === 'VariableDeclarator' && binding.declaration.init ? unwrap(binding.declaration.init) : null;
  if (init?.type !== 'ArrayExpression' || init.elements.length > 0 || binding.redeclared) return `\`${binding.name}\` does not start empty`;
  const pushes: Use[] = [];
  let join: Use | null = null;
  for (const use of usesOf(model, binding)) {
    if (use.reference.node === binding.identifier) continue;
    const method = use.kind === 'method' && !use.method?.optional ? use.method : null;
    if (
      method?.name === 'push' &&
      method.args.length === 1 &&
      method.args[0]?.type !== 'SpreadElement' &&
      model.parent(use.node)?.type === 'ExpressionStatement'
    )
      pushes.push(use);
    else if (method?.name === 'join' && !join && !use.captured && method.args[0]?.type === 'StringLiteral') join = use;
    else return `\`${binding.name}\` is used for more than push and one join`;
  }
  if (!join || pushes.length === 0) return `\`${binding.name}\` is not joined`;
  const separator = unwrap(join.method?.args[0] as Node);
  return { binding, pushes, join, separator: separator.type === 'StringLiteral' ? separator.value : '' };
}

/** Text that a pushed value adds, exactly as `join` would write it. */
function joined(model: SourceModel, value: Node, es5: boolean): { text: string; assumes: boolean } | null {
  const type = staticType(model, value);
  const text = model.text(value);
  if (type?.name === 'string') return { text: TIGHT.has(unwrap(value).type) ? text : `(${text})`, assumes: false };
  if (type?.name === 'number' || type?.name === 'boolean') return { text: `String(${text})`, assumes: false };
  if (es5) return isRepeatable(value) ? { text: `(${text} == null ? '' : String(${text}))`, assumes: true } : null;
  return { text: `\`\${${BINDS_TIGHTER.test(unwrap(value).type) ? text : `(${text})`} ?? ''}\``, assumes: true };
}

/** Expressions that bind tighter than `??`. */
const BINDS_TIGHTER =
  /^(Identifier|ThisExpression|BinaryExpression|UnaryExpression|AwaitExpression|.*(Literal|MemberExpression|CallExpression))$/;

/** A push stands in a function that can be called while the value of another push is computed. */
const isReentrant = (model: SourceModel, push: Use, binding: Binding): boolean => {
  for (const ancestor of ancestors(model, push.node)) {
    if (ancestor === binding.scope.owner) return false;
    if (!isFunction(ancestor)) continue;
    const call = model.parent(ancestor);
    const method = methodCall(call);
    const atOnce = method?.args[0] === ancestor && ITERATING_METHODS.has(method.name);
    if (!atOnce || ancestor.generator || ('async' in ancestor && ancestor.async)) return true;
  }
  return false;
};

/** Appending reads the text before the value is computed, `push` after that: nothing may be pushed in between. Gives the culprit. */
function pushesWhileComputed(model: SourceModel, { binding, pushes }: Parts): Node | null {
  const reentrant = pushes.some((push) => isReentrant(model, push, binding));
  for (const { method, node } of pushes) {
    const value = method?.args[0] as Node;
    if (pushes.some((other) => other.node !== node && contains(value, other.node))) return value;
    if (!reentrant) continue;
    const { unknown, suspends, writes } = effectsOf(model, value);
    if (suspends || unknown.length > 0 || writes.some((write) => write.binding === binding)) return value;
  }
  return null;
}

function isRepeated(model: SourceModel, node: Node): boolean {
  for (const ancestor of ancestors(model, node)) {
    if (isFunction(ancestor)) return false;
    if (isLoop(ancestor)) return true;
  }
  return false;
}

/** Builds the string at each push instead of gathering parts for one join. */
export const build_directly: Step = (context, value) => {
  const { model, match, style } = context;
  const binding = bindingOfValue(context, value);
  if (!binding || binding.scope.owner === null) return NOT_APPLICABLE;
  const parts = partsOf(model, binding);
  if (typeof parts === 'string') return fails(parts);
  if (parts.join.node !== match) return NOT_APPLICABLE;
  const declarator = binding.declaration;
  const declaration = model.parent(declarator);
  if (declarator.type !== 'VariableDeclarator' || declaration?.type !== 'VariableDeclaration' || declaration.declarations.length !== 1)
    return fails('it is declared together with others');
  if (iterationsAround(model, match).some((iteration) => !contains(iteration.node, declarator))) return fails('it is joined in a loop');
  if (parts.pushes.some((push) => mayBeUnset(model, binding, push.reference.node)))
    return fails(`\`${binding.name}\` may be pushed to before it is declared`);
  const culprit = pushesWhileComputed(model, parts);
  if (culprit) return fails(`something may be pushed onto \`${binding.name}\` while \`${model.text(culprit)}\` is computed`);
  const { name } = binding;
  const literal = model.text(unwrap(parts.join.method?.args[0] as Node));
  const typed = model.language === 'ts' || model.language === 'tsx';
  const empty = parts.separator === '';
  const isVar = declaration.kind === 'var';
  // A `var` without a value keeps that of the last pass.
  const unset = `${typed ? ': string | undefined' : ''}${isVar && isRepeated(model, declaration) ? ' = undefined' : ''}`;
  const edits: Edit[] = [
    replace(startOf(declaration), startOf(declarator), isVar ? 'var ' : 'let '),
    replace(startOf(declarator), endOf(declarator), empty ? `${name} = ${style.quote}${style.quote}` : `${name}${unset}`),
  ];
  let assumed = false;
  for (const push of parts.pushes) {
    const arg = push.method?.args[0] as Node;
    const added = joined(model, arg, style.es5);
    if (!added) return fails(`\`${model.text(arg)}\` is not provably a string and may give another value when it is read twice`);
    const { text } = added;
    assumed ||= added.assumes;
    edits.push(
      replace(
        startOf(push.node),
        endOf(push.node),
        empty ? `${name} += ${text}` : `${name} = (${name} === undefined ? ${style.quote}${style.quote} : ${name} + ${literal}) + ${text}`,
      ),
    );
  }
  const final = empty
    ? name
    : style.es5
      ? `(${name} === undefined ? ${style.quote}${style.quote} : ${name})`
      : `(${name} ?? ${style.quote}${style.quote})`;
  edits.push(replace(startOf(match), endOf(match), withoutNeedlessParens(model, match, final)));
  return {
    text: name,
    edits,
    ...(assumed ? { assumptions: [`what is pushed onto \`${name}\` neither changes before the join nor is a symbol`] } : {}),
  };
};

/** Loop `for (let i = …; i < s.length; i++)` around the match, with `i` unchanged in the body. */
export const counts_over: Step = (context, text, index) => {
  const { model, match } = context;
  const target = bindingOfValue(context, text);
  const counter = bindingOfValue(context, index);
  if (!target || !counter) return notAVariable(text);
  const loop = iterationsAround(model, match)[0]?.node;
  if (loop?.type !== 'ForStatement' || loop.test?.type !== 'BinaryExpression' || loop.test.operator !== '<') return NOT_APPLICABLE;
  const limit = unwrap(loop.test.right);
  const overText =
    limit.type === 'MemberExpression' && model.binding(unwrap(limit.object)) === target && model.text(limit.property) === 'length';
  if (!overText || model.binding(unwrap(loop.test.left as Node)) !== counter) return fails('the loop does not run over the text');
  const first = counter.declaration.type === 'VariableDeclarator' ? counter.declaration.init : null;
  if (first?.type !== 'NumericLiteral' || !Number.isInteger(first.value)) return fails('the loop does not start at a literal index');
  const writes = counter.references.filter((reference) => reference.write && reference.node !== counter.identifier);
  const [only] = writes;
  const update = loop.update;
  const steps =
    update?.type === 'UpdateExpression' && update.operator === '++' && writes.length === 1 && !!only && contains(update, only.node);
  return steps ? { text: model.text(loop), node: loop } : fails(`\`${counter.name}\` is changed in the loop`);
};

/** The other uses of the text in the loop read single characters or the length; what follows sees the text put together again. */
export const chars_in_loop: Step = (context, text, loop, match) => {
  const { model, style } = context;
  const binding = bindingOfValue(context, text);
  const region = loop?.node;
  if (!binding || !region || !match?.node || staticType(model, binding.identifier)?.name !== 'string')
    return fails(`\`${text?.text}\` is not provably a string`);
  const point = insertionPoint(model, region);
  if (!point || binding.scope.owner === null) return NOT_APPLICABLE;
  const chars = context.freshName(`${binding.name}Chars`);
  const edits: Edit[] = [
    {
      kind: 'statements',
      where: 'before',
      point,
      text: `const ${chars} = ${binding.name}.split('');`.replaceAll("''", style.quote + style.quote),
    },
    { kind: 'statements', where: 'after', point, text: `${binding.name} = ${chars}.join('');`.replaceAll("''", style.quote + style.quote) },
  ];
  if (!style.semicolons) for (const edit of edits) edit.text = edit.text.replace(/;$/, '');
  for (const use of usesOf(model, binding)) {
    const { node } = use.reference;
    if (!contains(region, node) || contains(match.node, node)) continue;
    if (use.captured) return fails(`a function in the loop keeps \`${binding.name}\``);
    if (use.kind === 'read' && (use.name === 'length' || (use.node.type === 'MemberExpression' && use.node.computed)))
      edits.push(replace(startOf(node), endOf(node), chars));
    else return fails(`\`${binding.name}\` is used as a whole in the loop`);
  }
  return { text: chars, edits };
};

/** A literal of exactly one UTF-16 code unit. */
export const single_unit: Step = (_context, value) => {
  const node = value?.node ? unwrap(value.node) : null;
  return node?.type === 'StringLiteral' && node.value.length === 1 ? HOLDS : fails(`\`${value?.text}\` is not one literal character`);
};

/** Result of `match` is used for its truth alone. */
export const truth_only: Step = ({ model, match }) => (isTruthAlone(model, match) ? HOLDS : NOT_APPLICABLE);

function isTruthAlone(model: SourceModel, node: Node): boolean {
  const parent = model.parent(node);
  if (!parent) return false;
  if (parent.type === 'LogicalExpression' && parent.operator !== '??') return isTruthAlone(model, parent);
  if (
    ['IfStatement', 'ConditionalExpression', 'WhileStatement', 'DoWhileStatement', 'ForStatement'].includes(parent.type) &&
    'test' in parent &&
    parent.test === node
  )
    return true;
  if (parent.type === 'UnaryExpression' && parent.operator === '!') return true;
  return parent.type === 'CallExpression' && parent.arguments[0] === node && model.isGlobal(parent.callee, 'Boolean');
}

/** A comparison, or a number that is used for its truth alone. */
export const answers_whether: Step = (context) => (context.match.type === 'BinaryExpression' ? HOLDS : truth_only(context));

/** A regular expression written in place that keeps no place in the text. */
export const plain_regexp: Step = (_context, value) => {
  const node = value?.node ? unwrap(value.node) : null;
  return node?.type === 'RegExpLiteral' && !/[gy]/.test(node.flags)
    ? HOLDS
    : fails(`\`${value?.text}\` is not an expression without a place of its own`);
};
