import { replace } from '../edit/edits.ts';
import { insertionPoint, topLevelStatement } from '../edit/insertion.ts';
import { effectsOf, isPure } from '../facts/effects.ts';
import { isReassigned, soleValue, usesOf } from '../facts/uses.ts';
import { ancestors, type SourceModel } from '../syntax/model.ts';
import { endOf, isFunction, methodCall, type Node, startOf, unwrap, walk } from '../syntax/node.ts';
import type { Binding } from '../syntax/scope.ts';
import { isOfModule } from '../syntax/wrapper.ts';
import { all, assumes, fails, HOLDS, type Verdict } from '../verdict.ts';
import { isConstant } from './hoisting.ts';
import { type MatchContext, NOT_APPLICABLE, type Step, type Value } from './step.ts';

/** Variable of the module whose written-out value nobody changes: it is never assigned again, only looked at, and not handed out. */
function moduleConstant(model: SourceModel, binding: Binding): Verdict {
  const value = soleValue(binding);
  if (!value || !isOfModule(model, binding.scope.owner) || !isConstant(value))
    return fails(`\`${binding.name}\` is no constant of the module`);
  return onlyLookedAt(model, binding, 0);
}

const LOOKING = ['join', 'includes', 'indexOf', 'map', 'filter', 'forEach', 'slice', 'some', 'hasOwnProperty'];
const CALL_DEPTH_MAX = 3;

/** No use changes the object or lets it out; nor does a function of this file that is given it. Of other functions it is assumed. */
function onlyLookedAt(model: SourceModel, binding: Binding, depth: number): Verdict {
  return all(
    usesOf(model, binding).map((use): Verdict => {
      if (use.kind === 'argument') {
        return isObjectStatic(model, use.node) ? HOLDS : lookedAtByCallee(model, binding, use.node, use.reference.node, depth);
      }
      const harmless =
        use.kind === 'method' ? LOOKING.includes(use.name ?? '') : ['read', 'keys', 'iterate', 'compare', 'test'].includes(use.kind);
      return harmless || use.reference.node === binding.identifier ? HOLDS : fails(`\`${binding.name}\` is changed or handed out`);
    }),
  );
}

function lookedAtByCallee(model: SourceModel, binding: Binding, call: Node, argument: Node, depth: number): Verdict {
  const text = model.text(call).replace(/\s+/g, ' ').slice(0, 40);
  const unknown = assumes(`\`${text}\` does not change \`${binding.name}\``);
  if (call.type !== 'CallExpression' || depth >= CALL_DEPTH_MAX) return unknown;
  const callee = model.binding(unwrap(call.callee));
  if (!callee || callee.redeclared || isReassigned(callee)) return unknown;
  const fn = callee.kind === 'function' ? callee.declaration : soleValue(callee);
  const index = call.arguments.findIndex((arg) => unwrap(arg) === argument);
  if (!fn || !isFunction(fn) || index === -1) return unknown;
  const param = fn.params[index];
  const taken = param?.type === 'Identifier' ? model.binding(param) : null;
  return taken && !isReassigned(taken) ? onlyLookedAt(model, taken, depth + 1) : unknown;
}

const isObjectStatic = (model: SourceModel, node: Node): boolean => {
  const method = methodCall(node);
  return !!method && model.isGlobal(unwrap(method.receiver), 'Object') && ['keys', 'values', 'entries', 'hasOwn'].includes(method.name);
};

/** Computed from constants of the module that stand above the place where it will be computed. */
export const from_module_constants: Step = ({ model, match }, value) => {
  const node = value?.node;
  if (!node || isConstant(node)) return NOT_APPLICABLE;
  const own = topLevelStatement(model, match);
  const verdicts: Verdict[] = [];
  walk(node, (child) => {
    if (child.type === 'ThisExpression' || child.type === 'AwaitExpression')
      verdicts.push(fails(`\`${model.text(child)}\` differs from call to call`));
    const binding = child.type === 'Identifier' ? model.binding(child) : null;
    if (!binding || startOf(binding.identifier) >= startOf(node)) return;
    verdicts.push(startOf(binding.identifier) > startOf(own) ? fails(`\`${binding.name}\` is set below`) : moduleConstant(model, binding));
  });
  if (verdicts.length === 0) return NOT_APPLICABLE;
  const verdict = all(verdicts);
  if (verdict.kind === 'fails') return verdict;
  if (!isPure(model, node)) return fails('its text is not only computed');
  const declared = own.type === 'ExportNamedDeclaration' || own.type === 'ExportDefaultDeclaration' ? own.declaration : own;
  return declared?.type === 'FunctionDeclaration' && calledAbove(model, declared, own)
    ? fails('the function may be called before the constants are set')
    : verdict;
};

/** The name of a hoisted function occurs above it, so it may run before the statements between. */
function calledAbove(model: SourceModel, declaration: Node, own: Node): boolean {
  const binding = declaration.type === 'FunctionDeclaration' ? model.binding(declaration.id) : null;
  return !binding || binding.references.some((reference) => startOf(reference.node) < startOf(own));
}

/** The constant goes directly above the statement that uses it. */
export const constant_above: Step = (context, name, value) => {
  const { model, match, style } = context;
  const own = topLevelStatement(model, match);
  const point = insertionPoint(model, own);
  if (!point || !name || !value) return NOT_APPLICABLE;
  const keyword = style.es5 ? 'var' : 'const';
  const text = `${keyword} ${name.text} = ${model.text(match)}${style.semicolons ? ';' : ''}\n`;
  return {
    text: name.text,
    edits: [{ kind: 'statements', where: 'before', point, text }, replace(startOf(match), endOf(match), name.text)],
  };
};

/** The `for (key in TABLE)` around the match in which `key` is the loop's own variable. */
function keyLoop(context: MatchContext, key: Node): { loop: Node; table: Binding } | null {
  const { model, match } = context;
  for (const ancestor of ancestors(model, match)) {
    if (isFunction(ancestor)) return null;
    if (ancestor.type !== 'ForInStatement') continue;
    const left = ancestor.left.type === 'VariableDeclaration' ? (ancestor.left.declarations[0]?.id as Node) : unwrap(ancestor.left);
    const table = model.binding(unwrap(ancestor.right));
    if (left.type !== 'Identifier' || key.type !== 'Identifier' || left.name !== key.name || !table) return null;
    const { writes, unknown } = effectsOf(model, ancestor.body);
    const changed = unknown.length > 0 || writes.some((write) => write.node.type === 'Identifier' && write.node.name === key.name);
    return model.binding(key) === model.binding(left) && !changed ? { loop: ancestor, table } : null;
  }
  return null;
}

/** `new RegExp(key, flags)` for each key of a constant table: compiled once, beside the table. */
export const patterns_of_keys: Step = (context, key, flags): Value | ReturnType<Step> => {
  const { model, match, style } = context;
  const found = key?.node ? keyLoop(context, unwrap(key.node)) : null;
  if (!found) return NOT_APPLICABLE;
  const { table } = found;
  const literal = soleValue(table);
  const object = literal ? unwrap(literal) : null;
  const verdict = moduleConstant(model, table);
  if (object?.type !== 'ObjectExpression' || verdict.kind === 'fails') return fails(`\`${table.name}\` is no constant table of the module`);
  const flagNode = flags?.node ? unwrap(flags.node) : null;
  const flagText = flagNode?.type === 'StringLiteral' ? flagNode.value : '';
  for (const property of object.properties) {
    const name =
      property.type !== 'ObjectProperty'
        ? null
        : property.key.type === 'Identifier'
          ? property.key.name
          : property.key.type === 'StringLiteral'
            ? property.key.value
            : null;
    if (name === null || !isExpression(name, flagText)) return fails('a key of the table is no valid expression');
  }
  const point = insertionPoint(model, table.declaration);
  if (!point) return NOT_APPLICABLE;
  const patterns = context.freshName(`${table.name}Patterns`, `${startOf(table.identifier)}${flagText}`);
  const [constant, loop, end] = style.es5 ? ['var', 'var', style.semicolons ? ';' : ''] : ['const', 'const', style.semicolons ? ';' : ''];
  const inner = context.freshName('pattern', `${startOf(table.identifier)}${flagText}`);
  const built = `new RegExp(${inner}${flags?.text ? `, ${flags.text}` : ''})`;
  const text = `${constant} ${patterns} = {}${end}\nfor (${loop} ${inner} in ${table.name}) ${patterns}[${inner}] = ${built}${end}`;
  return {
    text: patterns,
    ...(verdict.kind === 'assumes' ? { assumptions: verdict.assumptions } : {}),
    edits: [{ kind: 'statements', where: 'after', point, text }, replace(startOf(match), endOf(match), `${patterns}[${key?.text}]`)],
  };
};

/** The expression is valid: moved to the module, an invalid one would fail there, before any `try` of the function. */
export const compiles: Step = (_context, pattern, flags) => {
  const [text, flagText] = [literalText(pattern?.node), literalText(flags?.node)];
  if (text === null) return fails(`\`${pattern?.text}\` is not one literal text`);
  return isExpression(text, flagText ?? '') ? HOLDS : fails(`\`${pattern?.text}\` is no valid expression`);
};

function literalText(node: Node | undefined): string | null {
  const inner = node ? unwrap(node) : null;
  if (inner?.type === 'TemplateLiteral') return inner.quasis[0]?.value.cooked ?? null;
  return inner?.type === 'StringLiteral' ? inner.value : null;
}

function isExpression(text: string, flags: string): boolean {
  try {
    return new RegExp(text, flags).source !== '';
  } catch {
    return false;
  }
}
