import type { Edit } from '../edit/edits.ts';
import { type InlineFunction, inlineFunction, inlineNegation, inlineOperand } from '../edit/inline.ts';
import { insertionPoint } from '../edit/insertion.ts';
import { indentAt } from '../edit/style.ts';
import { isPure } from '../facts/effects.ts';
import { isEvaluatedFirst } from '../facts/evaluation.ts';
import { staticType } from '../facts/static-type.ts';
import type { SourceModel } from '../syntax/model.ts';
import { endOf, methodCall, type Node, startOf, unwrap, walk } from '../syntax/node.ts';
import { fails } from '../verdict.ts';
import { type BlockReducer, blockReducer, loopStatements, ownNames } from './block-reducer.ts';
import { isConstant } from './hoisting.ts';
import { type MatchContext, NOT_APPLICABLE, type Step, type Value } from './step.ts';

interface Link {
  name: 'map' | 'filter';
  fn: InlineFunction;
}

interface Chain {
  source: Node;
  links: Link[];
  /** `reduce` with its initial value; null when the chain ends in an array. */
  reducer: Reducer | null;
}

type Reducer = { initial: Node } & ({ fn: InlineFunction; block: null } | { fn: null; block: BlockReducer });

/** `source.map(f).filter(g)…`, with callbacks that are one expression of the element, and a last `reduce` that may fill its accumulator. */
function readChain(model: SourceModel, match: Node): Chain | string | null {
  const links: Link[] = [];
  let reducer: Chain['reducer'] = null;
  let node = unwrap(match);
  for (;;) {
    const method = methodCall(node);
    if (!method || method.optional || !['map', 'filter', 'reduce'].includes(method.name)) break;
    const fn = inlineFunction(method.args[0]);
    if (method.name === 'reduce') {
      const initial = method.args[1];
      if (node !== unwrap(match) || !initial || method.args.length > 2) return null;
      const found: Reducer | string | null = fn
        ? fn.params.length === 2
          ? { fn, block: null, initial }
          : null
        : filling(model, method.args[0], initial);
      if (found === null || typeof found === 'string') return found ?? 'a callback is not one expression';
      reducer = found;
    } else {
      if (!fn) return links.length > 0 || reducer ? 'a callback is not one expression' : null;
      if (fn.params.length > 1 || method.args.length > 1) return 'a callback looks at more than the element';
      links.unshift({ name: method.name as Link['name'], fn });
    }
    node = unwrap(method.receiver);
  }
  return links.length + (reducer ? 1 : 0) >= 2 ? { source: node, links, reducer } : null;
}

function filling(model: SourceModel, callback: Node | undefined, initial: Node): Reducer | string | null {
  const block = blockReducer(model, callback, initial);
  return block === null || typeof block === 'string' ? block : { fn: null, block, initial };
}

/** A link directly around the match belongs to a longer chain, which is taken instead. */
function isPartOfLonger(model: SourceModel, match: Node): boolean {
  const member = model.parent(match);
  const call = member ? model.parent(member) : null;
  const method = methodCall(call);
  return !!method && unwrap(method.receiver) === match && ['map', 'filter', 'reduce'].includes(method.name);
}

interface LoopLines {
  /** Without their semicolons. */
  lines: string[];
  /** Statements of the file itself, behind those. */
  own: string[];
}

function loopBody(context: MatchContext, chain: Chain, item: string, result: string, base: string): LoopLines {
  const { model } = context;
  const { reducer } = chain;
  const operand = (fn: InlineFunction, names: string[]): string => outdented(inlineOperand(model, fn, names), base);
  const lines: string[] = [];
  let value = item;
  for (const [index, link] of chain.links.entries()) {
    if (link.name === 'filter') lines.push(`if (${outdented(inlineNegation(model, link.fn, [value]), base)}) continue`);
    else {
      const text = operand(link.fn, [value]);
      if (index === chain.links.length - 1 && !reducer) return { lines: [...lines, `${result}.push(${text})`], own: [] };
      value = context.freshName('mapped', `${startOf(link.fn.body)}`);
      lines.push(`const ${value} = ${text}`);
    }
  }
  if (!reducer) return { lines: [...lines, `${result}.push(${value})`], own: [] };
  if (reducer.block) return { lines, own: loopStatements(model, reducer.block, result, value) };
  return { lines: [...lines, `${result} = ${operand(reducer.fn, [result, value])}`], own: [] };
}

/** Why the callbacks cannot run element by element, or null. */
function whyNotFused(model: SourceModel, { links, reducer, source }: Chain): string | null {
  const bodies = [...links.map((link) => link.fn.body), ...(reducer?.fn ? [reducer.fn.body] : [])];
  if (!bodies.every((body) => isPure(model, body))) return 'a callback does more than compute';
  if (reducer && !isConstant(reducer.initial) && !(isPure(model, reducer.initial) && isPure(model, source)))
    return 'the initial value would be computed before the array';
  if (!reducer?.block) return null;
  const names = ownNames(model, reducer.block);
  let hidden = false;
  for (const { fn } of links) {
    walk(fn.body, (node) => {
      if (node.type !== 'Identifier' || !names.has(node.name)) return;
      const parent = model.parent(node);
      const property = parent?.type === 'MemberExpression' && parent.property === node && !parent.computed;
      const own = fn.params.some((param) => model.binding(param) === model.binding(node));
      if (!property && !own) hidden = true;
    });
  }
  return hidden ? 'a variable of the reducer has the name of one in another callback' : null;
}

const LINE_CHARACTERS = 60;

/** A text of the file on one line when it is short, else without the indentation that its lines will be given again. */
function outdented(text: string, base: string): string {
  const joined = /`|\/[/*]/.test(text) ? text : text.replace(/\s*\n\s*(?=\??\.)/g, '');
  if (!joined.includes('\n') && joined.length <= LINE_CHARACTERS) return joined;
  return text
    .split(/\r?\n/)
    .map((line) => (line.startsWith(base) ? line.slice(base.length) : line))
    .join('\n');
}

function loopText(context: MatchContext, chain: Chain, result: string, base: string): string {
  const { model, style } = context;
  const { reducer, source } = chain;
  const item = context.freshName('item');
  const { lines, own } = loopBody(context, chain, item, result, base);
  const type = reducer?.block?.accumulator.typeAnnotation;
  const annotation = type ? model.text(type) : '';
  const end = style.semicolons ? ';' : '';
  const declared = reducer
    ? `${reducer.block ? 'const' : 'let'} ${result}${annotation} = ${outdented(model.text(reducer.initial), base)}${end}`
    : `const ${result} = []${end}`;
  const body = [...lines.map((line) => line + end), ...own].join('\n');
  return [declared, `for (const ${item} of ${outdented(model.text(source), base)}) {`, body.replace(/^(?=.)/gm, style.indent), '}'].join(
    '\n',
  );
}

/** One loop in place of the chain; callbacks now run element by element, so they must do nothing but compute. */
export const fuse_chain: Step = (context): Value | ReturnType<Step> => {
  const { model, match } = context;
  if (isPartOfLonger(model, match)) return NOT_APPLICABLE;
  const chain = readChain(model, match);
  if (!chain) return NOT_APPLICABLE;
  const reason = typeof chain === 'string' ? chain : whyNotFused(model, chain);
  if (typeof chain === 'string' || reason !== null) return fails(reason ?? '');
  const point = insertionPoint(model, match);
  if (!point || !isEvaluatedFirst(model, match, point)) return fails('the chain does not come first in its statement');
  const type = staticType(model, chain.source);
  if (type && type.name !== 'array') return NOT_APPLICABLE;
  const result = context.freshName(chain.reducer ? 'reduced' : 'collected');
  const edits: Edit[] = [
    { kind: 'statements', where: 'before', point, text: loopText(context, chain, result, indentAt(model.source, point.start)) },
    { kind: 'text', start: startOf(match), end: endOf(match), text: result },
  ];
  const source = model.text(chain.source).replace(/\s+/g, ' ').slice(0, 40);
  const assumptions = type ? [] : [`\`${source}\` is an array`];
  if (!type?.dense) assumptions.push(`\`${source}\` has no holes`);
  const bodies = [...chain.links.map((link) => link.fn.body), chain.reducer?.fn?.body ?? chain.reducer?.block?.body];
  if (bodies.some((body) => body && /[.[(]/.test(model.text(body))))
    assumptions.push('no callback throws (one that did would now be called in another order)');
  return { text: result, edits, assumptions };
};
