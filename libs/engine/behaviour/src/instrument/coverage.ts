import type MagicString from 'magic-string';
import { isFunction, isNode, type SyntaxNode, walk } from './syntax.ts';

const counter = (block: number): string => `globalThis.__codeoptima_coverage[${block}]=1`;

/** Marks every branch of one function (functions inside it included), beginning with block number `first`; returns the next free number. */
export function coverBlocks(text: MagicString, fn: SyntaxNode, first: number): number {
  let block = first;
  const statement = (node: SyntaxNode): void => {
    if (node.type === 'BlockStatement') text.appendRight(node.start + 1, `${counter(block++)};`);
    else {
      text.appendRight(node.start, `{${counter(block++)};`);
      text.prependLeft(node.end, '}');
    }
  };
  const expression = (node: SyntaxNode): void => {
    text.appendRight(node.start, `(${counter(block++)},(`);
    text.prependLeft(node.end, '))');
  };
  walk(fn, (node) => {
    if (
      isFunction(node) &&
      isNode(node['body']) &&
      node['body'].type === 'BlockStatement' &&
      !(node['body']['directives'] as unknown[]).length
    )
      statement(node['body']);
    if (node.type === 'IfStatement') {
      statement(node['consequent'] as SyntaxNode);
      if (isNode(node['alternate']) && node['alternate'].type !== 'IfStatement') statement(node['alternate']);
    }
    if (/^(?:For|While|DoWhile|ForIn|ForOf)Statement$/.test(node.type)) statement(node['body'] as SyntaxNode);
    if (node.type === 'CatchClause') statement(node['body'] as SyntaxNode);
    if (node.type === 'SwitchCase') {
      const [inner] = node['consequent'] as SyntaxNode[];
      if (inner) text.appendRight(inner.start, `${counter(block++)};`);
    }
    if (node.type === 'ConditionalExpression') {
      expression(node['consequent'] as SyntaxNode);
      expression(node['alternate'] as SyntaxNode);
    }
    if (node.type === 'LogicalExpression') expression(node['right'] as SyntaxNode);
  });
  return block;
}
