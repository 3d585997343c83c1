import type { ChangedSource, Finding } from './finding.ts';
import { child, children, type Node, walk } from './syntax.ts';

const LITERAL_CHARS_MIN = 6;
const TABLE_ELEMENTS_MAX = 24;

interface Literal {
  text: string;
  line: number;
}

/** `require('…')`: which module it names is for the guard of imports to judge. */
function isRequire(node: Node): boolean {
  if (node.type !== 'CallExpression') return false;
  const args = children(node, 'arguments');
  return child(node, 'callee')?.['name'] === 'require' && args.length === 1 && args[0]?.type === 'StringLiteral';
}

/** Strings and numbers that are long enough to be somebody's data rather than a constant of the algorithm. */
function telling(tree: Node): Literal[] {
  const found: Literal[] = [];
  walk(tree, (node) => {
    if (child(node, 'source') || isRequire(node)) return false; // an import or a re-export
    const value = node['value'];
    if (node.type === 'StringLiteral' && typeof value === 'string' && value.length >= LITERAL_CHARS_MIN)
      found.push({ text: value, line: node.loc.start.line });
    if (node.type === 'NumericLiteral' && typeof value === 'number' && !isRound(value))
      found.push({ text: String(value), line: node.loc.start.line });
    if (node.type === 'BigIntLiteral' && !isRound(Number(value))) found.push({ text: String(value), line: node.loc.start.line });
    return;
  });
  return found;
}

/** Small numbers, powers of two, round numbers and the usual character codes are constants of algorithms. */
const isRound = (value: number): boolean =>
  Math.abs(value) < 1000 ||
  Number.isInteger(Math.log2(Math.abs(value) + 1)) ||
  Number.isInteger(Math.log2(Math.abs(value))) ||
  value % 1000 === 0 ||
  value === 0x10ffff ||
  (value >= 0xd800 && value <= 0xe000);

/** Names that programs spell as text without meaning anybody's data. */
const VOCABULARY =
  /^(undefined|object|boolean|number|bigint|string|symbol|function|length|prototype|__proto__|constructor|default|hasOwnProperty|toString|valueOf|toJSON|message|iterator|use strict|\[object \w+\])$/;

/** Whether a text stands as a literal of its own in another text: between quotes, or as a whole number. */
function isQuoted(literal: string, text: string): boolean {
  if (VOCABULARY.test(literal)) return false;
  const at = text.indexOf(literal);
  if (at === -1) return false;
  for (let place = at; place !== -1; place = text.indexOf(literal, place + 1)) {
    const before = text[place - 1] ?? '';
    const after = text.slice(place + literal.length, place + literal.length + 2);
    if (/^-?\d/.test(literal) ? !/[\w.]/.test(before) && /^n?(\W|$)/.test(after) : /['"`]/.test(before) && /^['"`]/.test(after))
      return true;
  }
  return false;
}

function tables(tree: Node): Literal[] {
  const found: Literal[] = [];
  walk(tree, (node) => {
    const size =
      node.type === 'ArrayExpression'
        ? children(node, 'elements').length
        : node.type === 'ObjectExpression'
          ? children(node, 'properties').length
          : 0;
    if (size > TABLE_ELEMENTS_MAX) found.push({ text: `${node.type}:${size}`, line: node.loc.start.line });
    return;
  });
  return found;
}

/** Literals of a data file, by line: what stands in quotes, and numbers that are nobody's constant. */
function dataLiterals(text: string, added: ReadonlySet<number>): Literal[] {
  return text.split('\n').flatMap((content, index) => {
    if (!added.has(index + 1)) return [];
    const texts = [...content.matchAll(/"((?:[^"\\]|\\.)*)"/g)]
      .map((match) => match[1] as string)
      .filter((value) => value.length >= LITERAL_CHARS_MIN);
    const numbers = [...content.matchAll(/(?<![\w."])-?\d+(?:\.\d+)?(?![\w"])/g)]
      .map((match) => match[0])
      .filter((value) => !isRound(Number(value)));
    return [...texts, ...numbers].map((value) => ({ text: value, line: index + 1 }));
  });
}

/** A data file is code by another name when it holds what tests and workloads ask for. */
export function guardData(file: string, base: string, candidate: string, added: ReadonlySet<number>, seen: readonly string[]): Finding[] {
  return dataLiterals(candidate, added)
    .filter(({ text }) => !base.includes(text) && seen.some((other) => isQuoted(text, other)))
    .slice(0, 1)
    .map(({ text, line }) => ({
      guard: 'observed-literal',
      severity: 'refused',
      file,
      line,
      message: `The data ${JSON.stringify(text).slice(0, 60)} stands in a test or a workload.`,
    }));
}

/**
 * Answers may not be written into the code. `seen` holds the texts in which inputs and outputs stand: tests and workloads.
 * Literals that the base file has already are free.
 */
export function guardLiterals(source: ChangedSource, base: Node | null, candidate: Node, seen: readonly string[]): Finding[] {
  const known = new Set(base ? telling(base).map((literal) => literal.text) : []);
  const base_text = source.base ?? '';
  const findings: Finding[] = telling(candidate)
    .filter(({ text }) => !known.has(text) && !base_text.includes(text) && seen.some((other) => isQuoted(text, other)))
    .map(({ text, line }) => ({
      guard: 'observed-literal',
      severity: 'refused',
      file: source.file,
      line,
      message: `The literal ${JSON.stringify(text).slice(0, 60)} stands in a test or a workload.`,
    }));
  const before = new Set(base ? tables(base).map((table) => table.text) : []);
  for (const table of tables(candidate)) {
    if (!before.has(table.text))
      findings.push({
        guard: 'literal-table',
        severity: 'needs_person',
        file: source.file,
        line: table.line,
        message: 'A table of more than 24 literals is new.',
      });
  }
  return findings;
}
