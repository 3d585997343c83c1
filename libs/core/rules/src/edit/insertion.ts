import type { SourceModel } from '../syntax/model.ts';
import { ancestors } from '../syntax/model.ts';
import { endOf, isFunction, type Node, startOf } from '../syntax/node.ts';
import { moduleBody } from '../syntax/wrapper.ts';

/** A place where statements can be put before (or after) a piece of code. */
export interface InsertionPoint {
  kind: 'statement' | 'lone-statement' | 'arrow-body';
  /** The statement, or the arrow function whose body is one expression. */
  node: Node;
  start: number;
  end: number;
}

const LISTS = new Set(['Program', 'BlockStatement', 'StaticBlock', 'SwitchCase', 'TSModuleBlock']);

/** Nearest point before the node at which a statement can stand. Null inside default values and class fields. */
export function insertionPoint(model: SourceModel, node: Node): InsertionPoint | null {
  let below = node;
  for (const ancestor of ancestors(model, node)) {
    if (LISTS.has(ancestor.type)) {
      if (ancestor.type === 'SwitchCase' && ancestor.test === below) below = ancestor;
      else return statementPoint(model, below);
    }
    if (ancestor.type === 'ArrowFunctionExpression' && ancestor.body === below) {
      const open = (below.extra?.['parenStart'] as number | undefined) ?? startOf(below);
      return { kind: 'arrow-body', node: ancestor, start: open, end: endOf(ancestor) };
    }
    if (isFunction(ancestor) || ancestor.type === 'ClassBody') return null;
    if (isLoneBody(ancestor, below)) return { kind: 'lone-statement', node: below, start: startOf(below), end: endOf(below) };
    below = ancestor;
  }
  return null;
}

/** Before the statement and the comments that stand directly above it; a comment at the head of the file stays there. */
export function statementPoint(model: SourceModel, statement: Node): InsertionPoint {
  let start = startOf(statement);
  for (const comment of [...(statement.leadingComments ?? [])].toReversed()) {
    const from = comment.start ?? 0;
    const between = model.source.slice(comment.end ?? 0, start);
    const lineStart = model.source.lastIndexOf('\n', from - 1) + 1;
    if (between.split('\n').length !== 2 || model.source.slice(lineStart, from).trim() !== '' || lineStart === 0) break;
    start = from;
  }
  // Without semicolons one stands before an opening bracket, at the start of that line, and parts it from the statement above.
  if (startsItsLine(model.source, start - 1)) start--;
  let end = endOf(statement);
  if (startsItsLine(model.source, end - 1)) end = model.source.slice(0, end - 1).trimEnd().length;
  return { kind: 'statement', node: statement, start, end };
}

/** Where the statement begins, with the comment above it when that speaks of nothing else: code right below it would be of one paragraph. */
export function startWithComment(model: SourceModel, statement: Node): number {
  const next = /^[^\n]*\n[ \t]*(\S?)/.exec(model.source.slice(endOf(statement)))?.[1] ?? '';
  return next === '' || next === '\r' || next === '}' ? statementPoint(model, statement).start : startOf(statement);
}

const startsItsLine = (source: string, semicolon: number): boolean =>
  source[semicolon] === ';' && source.slice(source.lastIndexOf('\n', semicolon) + 1, semicolon).trim() === '';

/** Where constants of the module can stand: before everything that might use them, after imports and what is required; inside the wrapper, if there is one. */
export function modulePoint(model: SourceModel, node: Node): InsertionPoint {
  const own = topLevelStatement(model, node);
  const declared = own.type === 'ExportNamedDeclaration' || own.type === 'ExportDefaultDeclaration' ? own.declaration : own;
  // A function declaration can be called before its own place in the file, when a constant just above it is not yet set.
  const hoisted = declared?.type === 'FunctionDeclaration';
  if (!hoisted) return statementPoint(model, own);
  const body = moduleBody(model, node);
  const statements = body.type === 'Program' || body.type === 'BlockStatement' ? body.body : [];
  return statementPoint(model, statements.find((statement) => !isPreamble(statement)) ?? own);
}

function isPreamble(statement: Node): boolean {
  if (statement.type === 'ImportDeclaration' || statement.type === 'TSImportEqualsDeclaration') return true;
  if (statement.type === 'ExpressionStatement') return statement.expression.type === 'StringLiteral';
  if (statement.type !== 'VariableDeclaration') return false;
  return statement.declarations.every(
    ({ init }) => init?.type === 'CallExpression' && init.callee.type === 'Identifier' && init.callee.name === 'require',
  );
}

/** A statement that is the whole body of an `if` or a loop, without braces. */
function isLoneBody(parent: Node, child: Node): boolean {
  if (child.type === 'BlockStatement') return false;
  switch (parent.type) {
    case 'IfStatement':
      return parent.consequent === child || (parent.alternate === child && child.type !== 'IfStatement');
    case 'ForStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'ForInStatement':
    case 'ForOfStatement':
      return parent.body === child;
    default:
      return false;
  }
}

/** The statement of the module that holds the node, directly below the program or its wrapper. */
export function topLevelStatement(model: SourceModel, node: Node): Node {
  const body = moduleBody(model, node);
  let below = node;
  for (const ancestor of ancestors(model, node)) {
    if (ancestor === body) return below;
    below = ancestor;
  }
  return below;
}
