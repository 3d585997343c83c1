import { replace, type Edit, type TextEdit } from '../edit/edits.ts';
import { insertionPoint } from '../edit/insertion.ts';
import { withoutNeedlessParens } from '../edit/parens.ts';
import { styleCode } from '../edit/style.ts';
import { isFreshValue } from '../facts/effects.ts';
import { staticType } from '../facts/static-type.ts';
import { type Use, usesOf } from '../facts/uses.ts';
import { ancestors, type SourceModel } from '../syntax/model.ts';
import { contains, endOf, isFunction, isLoop, type LoopNode, type Node, startOf, unwrap } from '../syntax/node.ts';
import type { Binding } from '../syntax/scope.ts';
import { fails, type Verdict } from '../verdict.ts';
import { bindingOfValue, type MatchContext, NOT_APPLICABLE, type NotApplicable, type Step, type Value } from './step.ts';

interface Queue {
  binding: Binding;
  uses: Use[];
  declaration: Node;
  captured: boolean;
}

/** A variable that is only ever pushed to, shifted from and asked for its length. */
function queueOf(context: MatchContext, value: Value | undefined): Queue | Verdict | NotApplicable {
  const { model } = context;
  const binding = bindingOfValue(context, value);
  if (!binding || binding.declaration.type !== 'VariableDeclarator' || binding.redeclared) return NOT_APPLICABLE;
  const { init, id } = binding.declaration;
  if (id.type !== 'Identifier' || !init || !isFreshValue(model, init) || staticType(model, init)?.name !== 'array')
    return fails(`\`${binding.name}\` is not a new array of this file`);
  const declaration = model.parent(binding.declaration);
  const block = declaration ? model.parent(declaration) : null;
  if (!declaration || !block || !['BlockStatement', 'Program', 'StaticBlock'].includes(block.type))
    return fails('its declaration stands in an unusual place');
  if (declaration.type !== 'VariableDeclaration' || declaration.declarations.length !== 1)
    return fails('it is declared together with others');
  const uses = usesOf(model, binding);
  for (const use of uses) {
    const reason = wrongUse(model, binding, use);
    if (reason) return fails(reason);
  }
  return { binding, uses, declaration, captured: uses.some((use) => use.captured) };
}

const isStatement = (model: SourceModel, node: Node): boolean => model.parent(node)?.type === 'ExpressionStatement';

const isInBlock = (model: SourceModel, node: Node): boolean => {
  const statement = model.parent(node);
  const holder = statement ? model.parent(statement) : null;
  return holder?.type === 'BlockStatement' || holder?.type === 'Program';
};

function wrongUse(model: SourceModel, binding: Binding, use: Use): string | null {
  const { name } = binding;
  if (use.kind === 'method' && use.method && !use.method.optional) {
    if (use.name === 'shift' && use.method.args.length === 0) return null;
    if (use.name === 'push') return isStatement(model, use.node) ? null : `the length that \`${name}.push()\` gives back is used`;
  }
  if (use.kind === 'read' && use.node.type === 'MemberExpression') {
    if (use.name === 'length') return null;
    if (use.node.property.type === 'NumericLiteral') return null;
  }
  if (use.kind === 'write' && use.name === 'length') {
    const parent = model.parent(use.node);
    const clears =
      parent?.type === 'AssignmentExpression' &&
      parent.operator === '=' &&
      parent.right.type === 'NumericLiteral' &&
      parent.right.value === 0;
    if (clears && isStatement(model, parent)) return null;
  }
  return use.kind === 'method' ? `\`${name}.${use.name}()\` is no operation of a queue` : `\`${name}\` is used as more than a queue`;
}

/** `x > 0`, `x !== 0`, `x` as a condition on the length: tells whether the queue holds something. */
function lengthText(model: SourceModel, use: Use, name: string, head: string): TextEdit {
  const parent = model.parent(use.node);
  if (
    parent?.type === 'BinaryExpression' &&
    parent.left === use.node &&
    parent.right.type === 'NumericLiteral' &&
    parent.right.value === 0
  ) {
    if (['>', '!==', '!='].includes(parent.operator)) return replace(startOf(parent), endOf(parent), `${head} < ${name}.length`);
    if (['===', '==', '<='].includes(parent.operator)) return replace(startOf(parent), endOf(parent), `${head} === ${name}.length`);
  }
  if (parent?.type === 'UnaryExpression' && parent.operator === '!')
    return replace(startOf(parent), endOf(parent), withoutNeedlessParens(model, parent, `(${head} === ${name}.length)`));
  return replace(
    startOf(use.node),
    endOf(use.node),
    isTested(model, use.node) ? `${head} < ${name}.length` : withoutNeedlessParens(model, use.node, `(${name}.length - ${head})`),
  );
}

/** Only whether the value is true matters: the condition of a statement, or a part of one. */
function isTested(model: SourceModel, node: Node): boolean {
  const parent = model.parent(node);
  if (parent?.type === 'LogicalExpression' && parent.operator !== '??') return isTested(model, parent);
  return !!parent && (isLoop(parent) || parent.type === 'IfStatement') && 'test' in parent && parent.test === node;
}

/** The only `shift`, once per round of a loop that goes on while the queue holds something. */
function neverEmpty(model: SourceModel, queue: Queue, shift: Use): boolean {
  if (queue.uses.filter((use) => use.name === 'shift').length > 1) return false;
  const clears = queue.uses.some((use) => use.kind === 'write');
  for (const ancestor of ancestors(model, shift.node)) {
    if (isFunction(ancestor)) return false;
    if (isLoop(ancestor)) return !clears && contains(ancestor.body, shift.node) && testsLength(model, queue, ancestor);
  }
  return false;
}

function testsLength(model: SourceModel, queue: Queue, loop: LoopNode): boolean {
  if (loop.type !== 'WhileStatement' && loop.type !== 'ForStatement') return false;
  let test = loop.test ? unwrap(loop.test) : null;
  while (test?.type === 'LogicalExpression' && test.operator === '&&') test = unwrap(test.left);
  if (
    test?.type === 'BinaryExpression' &&
    ['>', '!==', '!='].includes(test.operator) &&
    test.right.type === 'NumericLiteral' &&
    test.right.value === 0
  ) {
    test = unwrap(test.left as Node);
  }
  return (
    test?.type === 'MemberExpression' && model.binding(unwrap(test.object)) === queue.binding && model.text(test.property) === 'length'
  );
}

function editUse(context: MatchContext, queue: Queue, use: Use, head: string, shiftText: (use: Use) => string): TextEdit[] {
  const { model } = context;
  const { name } = queue.binding;
  if (use.kind === 'method' && use.name === 'shift')
    return [replace(startOf(use.node), endOf(use.node), withoutNeedlessParens(model, use.node, shiftText(use)))];
  if (use.kind === 'read' && use.name === 'length') return [lengthText(model, use, name, head)];
  if (use.kind === 'read' && use.node.type === 'MemberExpression') {
    const { property } = use.node;
    const index = model.text(property) === '0' ? head : `${head} + ${model.text(property)}`;
    return [replace(startOf(property), endOf(property), index)];
  }
  if (use.kind === 'write') {
    const statement = model.parent(model.parent(use.node) ?? use.node);
    return statement ? [replace(startOf(statement), endOf(statement), styleCode(`${head} = ${name}.length = 0;`, context.style))] : [];
  }
  return [];
}

const afterDeclaration = (context: MatchContext, queue: Queue, text: string): Edit[] => {
  const point = insertionPoint(context.model, queue.binding.declaration);
  return point ? [{ kind: 'statements', where: 'after', point, text: styleCode(text, context.style) }] : [];
};

/** All edits belong to one queue, so only its first `shift` stands for them. */
const isFirstShift = (queue: Queue, match: Node): boolean => queue.uses.find((use) => use.name === 'shift')?.node === match;

/** Queue of one function: an index of the next entry takes the place of moving all entries. */
export const head_index: Step = (context, value) => {
  const queue = queueOf(context, value);
  if ('kind' in queue) return queue;
  if (queue.captured || queue.binding.scope.owner === null || !isFirstShift(queue, context.match)) return NOT_APPLICABLE;
  const head = context.freshName(`${queue.binding.name}Head`);
  const { name } = queue.binding;
  const shiftText = (use: Use): string => {
    const sure = neverEmpty(context.model, queue, use);
    // In a block: behind an `if` of its own, an `else` would change sides.
    if (isStatement(context.model, use.node) && isInBlock(context.model, use.node))
      return sure ? `${head}++` : `if (${head} < ${name}.length) ${head}++`;
    return sure ? `${name}[${head}++]` : `(${head} < ${name}.length ? ${name}[${head}++] : undefined)`;
  };
  const edits: Edit[] = afterDeclaration(context, queue, `let ${head} = 0;`);
  for (const use of queue.uses) edits.push(...editUse(context, queue, use, head, shiftText));
  return { text: head, edits };
};

/** Queue that several functions share: as above, and the used-up front is cut off when it makes up half of the array. */
export const shared_head_index: Step = (context, value) => {
  const queue = queueOf(context, value);
  if ('kind' in queue) return queue;
  if ((!queue.captured && queue.binding.scope.owner !== null) || !isFirstShift(queue, context.match)) return NOT_APPLICABLE;
  const { name } = queue.binding;
  if (isExported(context.model, queue)) return fails(`\`${name}\` is exported`);
  const head = context.freshName(`${name}Head`);
  const take = context.freshName(`${name}Shift`);
  const helper = `let ${head} = 0;
// Takes the oldest entry of ${name}; the used-up front is cut off when it is half of the array.
function ${take}() {
  if (${head} === ${name}.length) return undefined;
  const item = ${name}[${head}++];
  if (${head} >= 64 && ${head} * 2 >= ${name}.length) {
    ${name}.splice(0, ${head});
    ${head} = 0;
  }
  return item;
}`;
  const edits: Edit[] = afterDeclaration(context, queue, helper);
  for (const use of queue.uses) edits.push(...editUse(context, queue, use, head, () => `${take}()`));
  return { text: head, edits };
};

const isExported = (model: SourceModel, queue: Queue): boolean =>
  model.parent(queue.declaration)?.type === 'ExportNamedDeclaration' || queue.uses.some((use) => use.kind === 'escape');
