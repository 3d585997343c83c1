import type { MagicString } from 'magic-string';
import { isNode, type SyntaxNode, walk } from '../instrument/syntax.ts';

/** One small fault put into the base. */
export interface Mutant {
  id: number;
  file: string;
  line: number;
  mutation: string;
  /** A fault that often changes nothing: a copy that nobody could tell from its original, a bound whose both sides agree. */
  maybe_equivalent: boolean;
}

interface Fault {
  node: SyntaxNode;
  mutation: string;
  /** Text in place of the node; null drops a statement. */
  text: string | null;
  maybe_equivalent?: boolean;
}

const active = (id: number): string => `globalThis.__codeoptima_mutant===${id}`;
const LOOPS_MAX = 3_000_000;

const swaps: Record<string, string> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '==': '!=',
  '!=': '==',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '%': '*',
  '&&': '||',
  '||': '&&',
  '??': '&&',
};

/** Every fault this package knows for the inside of one function. */
export function faultsIn(fn: SyntaxNode, source: string): Fault[] {
  const faults: Fault[] = [];
  const text = (node: unknown): string => (isNode(node) ? source.slice(node.start, node.end) : '');
  walk(fn, (node, parents) => {
    const parent = parents.at(-1);
    if (node.type.startsWith('TS') && !/^TS(?:As|NonNull|Satisfies)/.test(node.type)) return false;
    if (node === fn || (parent && parent['key'] === node && parent['computed'] !== true)) return true;
    faults.push(...operatorFaults(node, parent, text), ...valueFaults(node, parent, text), ...copyFaults(node, parent, text));
    return true;
  });
  return faults;
}

type Text = (node: unknown) => string;

function operatorFaults(node: SyntaxNode, parent: SyntaxNode | undefined, text: Text): Fault[] {
  if (node.type === 'BinaryExpression' || node.type === 'LogicalExpression') {
    const operator = node['operator'] as string;
    const other = swaps[operator];
    if (other === undefined) return [];
    const isMaximum =
      parent?.type === 'IfStatement' &&
      parent['test'] === node &&
      /^[<>]=?$/.test(operator) &&
      /^\{?\s*[\w.[\]]+\s*=[^=]/.test(text(parent['consequent']));
    return [
      {
        node,
        mutation: `${operator} becomes ${other}`,
        // In parentheses: an operand may bind otherwise under the other operator, or not be allowed beside it.
        text: `(${text(node['left'])}) ${other} (${text(node['right'])})`,
        maybe_equivalent: isMaximum,
      },
    ];
  }
  if (node.type === 'UpdateExpression' && parent?.type !== 'ForStatement')
    return [
      {
        node,
        mutation: 'a step in the other direction',
        text:
          node['prefix'] === true
            ? `${flip(node['operator'])}${text(node['argument'])}`
            : `${text(node['argument'])}${flip(node['operator'])}`,
      },
    ];
  if (node.type === 'UnaryExpression' && node['operator'] === '!')
    return [{ node, mutation: 'a negation dropped', text: `!!${text(node['argument'])}` }];
  const isTest = /^(?:If|While)Statement$|^ConditionalExpression$/.test(parent?.type ?? '') && parent?.['test'] === node;
  return isTest ? [{ node, mutation: 'a condition flipped', text: `!(${text(node)})` }] : [];
}

const flip = (operator: unknown): string => (operator === '++' ? '--' : '++');

function valueFaults(node: SyntaxNode, parent: SyntaxNode | undefined, text: Text): Fault[] {
  switch (node.type) {
    case 'NumericLiteral':
      return [{ node, mutation: `${text(node)} becomes ${Number(node['value']) + 1}`, text: String(Number(node['value']) + 1) }];
    case 'BooleanLiteral':
      return [{ node, mutation: 'a boolean flipped', text: String(node['value'] !== true) }];
    case 'StringLiteral':
      if (parent && /^(?:Import|Export|ObjectProperty|JSX)/.test(parent.type) && parent['key'] === node) return [];
      return [{ node, mutation: 'a text changed', text: node['value'] === '' ? '"changed"' : '""' }];
    case 'ReturnStatement':
      return isNode(node['argument']) ? [{ node: node['argument'], mutation: 'the result dropped', text: 'undefined' }] : [];
    case 'ExpressionStatement':
      return /^(?:Call|Assignment|Update)Expression$/.test((node['expression'] as SyntaxNode).type) && !text(node).startsWith('super')
        ? [{ node, mutation: 'a statement dropped', text: null }]
        : [];
    default:
      return [];
  }
}

function copyFaults(node: SyntaxNode, parent: SyntaxNode | undefined, text: Text): Fault[] {
  const isValue =
    parent !== undefined &&
    /^(?:VariableDeclarator|ReturnStatement|AssignmentExpression|CallExpression|ArrowFunctionExpression|ObjectProperty|ClassProperty)$/.test(
      parent.type,
    ) &&
    parent['callee'] !== node &&
    parent['left'] !== node &&
    parent['id'] !== node;
  if (!isValue) return [];
  if (node.type === 'ArrayExpression' || node.type === 'ObjectExpression') {
    const parts = (node['elements'] ?? node['properties']) as (SyntaxNode | null)[];
    const [only] = parts;
    if (parts.length === 1 && only?.type === 'SpreadElement')
      return [{ node, mutation: 'a copy replaced by its original', text: text(only['argument']), maybe_equivalent: true }];
    return [{ node, mutation: 'a fresh object replaced by a remembered one', text: 'CACHED', maybe_equivalent: true }];
  }
  if (node.type !== 'CallExpression') return [];
  const callee = node['callee'] as SyntaxNode;
  const name = isNode(callee['property']) ? (callee['property']['name'] as string) : '';
  const isCopy =
    callee.type === 'MemberExpression' && (name === 'slice' || name === 'concat') && (node['arguments'] as unknown[]).length === 0;
  return isCopy ? [{ node, mutation: 'a copy replaced by its original', text: text(callee['object']), maybe_equivalent: true }] : [];
}

/** Writes the chosen faults into the text, each behind its number; nothing changes while no number is set. */
export function plantFaults(target: MagicString, source: string, chosen: { fault: Fault; id: number }[]): void {
  // Outer nodes first, so that openings and closings nest.
  for (const { fault, id } of chosen.toSorted((a, b) => a.fault.node.start - b.fault.node.start || b.fault.node.end - a.fault.node.end)) {
    const { node } = fault;
    if (fault.text === null) {
      // In a block of its own: an else that follows would belong to this if.
      target.appendRight(node.start, `{if(!(${active(id)})){`);
      target.prependLeft(node.end, '}}');
      continue;
    }
    const replacement =
      fault.text === 'CACHED'
        ? `((globalThis.__codeoptima_cached??={})[${id}]??=${source.slice(node.start, node.end)})`
        : `(${fault.text})`;
    target.appendRight(node.start, `(${active(id)}?${replacement}:(`);
    target.prependLeft(node.end, '))');
  }
}

/** Ends loops that a fault made endless. */
export function limitLoops(target: MagicString, fn: SyntaxNode): void {
  const check = `if(++globalThis.__codeoptima_loops>${LOOPS_MAX})throw new RangeError("too many turns");`;
  walk(fn, (node) => {
    if (!/^(?:For|While|DoWhile|ForIn|ForOf)Statement$/.test(node.type)) return;
    const body = node['body'] as SyntaxNode;
    if (body.type === 'BlockStatement') target.appendRight(body.start + 1, check);
    else {
      target.appendRight(body.start, `{${check}`);
      target.prependLeft(body.end, '}');
    }
  });
}

export type { Fault };
