import type { Edit } from '../edit/edits.ts';
import { type InlineFunction, inlineBody, inlineFunction } from '../edit/inline.ts';
import { insertionPoint } from '../edit/insertion.ts';
import { styleCode } from '../edit/style.ts';
import { isPure } from '../facts/effects.ts';
import { isEvaluatedFirst } from '../facts/evaluation.ts';
import { staticType } from '../facts/static-type.ts';
import type { SourceModel } from '../syntax/model.ts';
import { endOf, methodCall, type Node, startOf, unwrap } from '../syntax/node.ts';
import { fails } from '../verdict.ts';
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
  reducer: { fn: InlineFunction; initial: Node } | null;
}

/** `source.map(f).filter(g)…`, with callbacks that are one expression of the element. */
function readChain(match: Node): Chain | string | null {
  const links: Link[] = [];
  let reducer: Chain['reducer'] = null;
  let node = unwrap(match);
  for (;;) {
    const method = methodCall(node);
    if (!method || method.optional || !['map', 'filter', 'reduce'].includes(method.name)) break;
    const fn = inlineFunction(method.args[0]);
    if (!fn) return links.length > 0 || reducer ? 'a callback is not one expression' : null;
    if (method.name === 'reduce') {
      const initial = method.args[1];
      if (node !== unwrap(match) || fn.params.length !== 2 || !initial) return null;
      reducer = { fn, initial };
    } else {
      if (fn.params.length > 1 || method.args.length > 1) return 'a callback looks at more than the element';
      links.unshift({ name: method.name as Link['name'], fn });
    }
    node = unwrap(method.receiver);
  }
  return links.length + (reducer ? 1 : 0) >= 2 ? { source: node, links, reducer } : null;
}

/** A link directly around the match belongs to a longer chain, which is taken instead. */
function isPartOfLonger(model: SourceModel, match: Node): boolean {
  const member = model.parent(match);
  const call = member ? model.parent(member) : null;
  const method = methodCall(call);
  return !!method && unwrap(method.receiver) === match && ['map', 'filter', 'reduce'].includes(method.name);
}

function loopBody(context: MatchContext, chain: Chain, item: string, finish: (value: string) => string): string[] {
  const { model } = context;
  const lines: string[] = [];
  let value = item;
  for (const [index, link] of chain.links.entries()) {
    const text = inlineBody(model, link.fn, [value]);
    if (link.name === 'filter')
      lines.push(
        `if (!${text.startsWith('(') && text.endsWith(')') && link.fn.body.type !== 'CallExpression' ? text : `(${text})`}) continue;`,
      );
    else if (index === chain.links.length - 1 && !chain.reducer)
      return [...lines, finish(link.fn.body.type === 'ObjectExpression' ? text.slice(1, -1) : text)];
    else {
      value = context.freshName('mapped', `${startOf(link.fn.body)}`);
      lines.push(`const ${value} = ${text};`);
    }
  }
  return [...lines, finish(value)];
}

/** One loop in place of the chain; callbacks now run element by element, so they must do nothing but compute. */
export const fuse_chain: Step = (context): Value | ReturnType<Step> => {
  const { model, match, style } = context;
  if (isPartOfLonger(model, match)) return NOT_APPLICABLE;
  const chain = readChain(match);
  if (!chain) return NOT_APPLICABLE;
  if (typeof chain === 'string') return fails(chain);
  const bodies = [...chain.links.map((link) => link.fn.body), ...(chain.reducer ? [chain.reducer.fn.body] : [])];
  if (!bodies.every((body) => isPure(model, body))) return fails('a callback does more than compute');
  const { reducer } = chain;
  if (reducer && !isConstant(reducer.initial) && !(isPure(model, reducer.initial) && isPure(model, chain.source)))
    return fails('the initial value would be computed before the array');
  const point = insertionPoint(model, match);
  if (!point || !isEvaluatedFirst(model, match, point)) return fails('the chain does not come first in its statement');
  const type = staticType(model, chain.source);
  if (type && type.name !== 'array') return NOT_APPLICABLE;
  const result = context.freshName(chain.reducer ? 'reduced' : 'collected');
  const item = context.freshName('item');
  const finish = (value: string): string =>
    reducer ? `${result} = ${inlineBody(model, reducer.fn, [result, value])};` : `${result}.push(${value});`;
  const text = [
    reducer ? `let ${result} = ${model.text(reducer.initial)};` : `const ${result} = [];`,
    `for (const ${item} of ${model.text(chain.source)}) {`,
    ...loopBody(context, chain, item, finish).map((line) => `  ${line}`),
    '}',
  ].join('\n');
  const edits: Edit[] = [
    { kind: 'statements', where: 'before', point, text: styleCode(text, style) },
    { kind: 'text', start: startOf(match), end: endOf(match), text: result },
  ];
  const source = model.text(chain.source).replace(/\s+/g, ' ').slice(0, 40);
  const assumptions = type ? [] : [`\`${source}\` is an array`];
  if (!type?.dense) assumptions.push(`\`${source}\` has no holes`);
  if (bodies.some((body) => /[.[(]/.test(model.text(body))))
    assumptions.push('no callback throws (one that did would now be called in another order)');
  return { text: result, edits, assumptions };
};
