import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../runtime/graph.ts';
import { functionsOf } from './functions.ts';
import { readOwn } from './own-files.ts';
import { textsOfPattern } from './pattern-texts.ts';
import { isFunction, isNode, type SyntaxNode, walk } from './syntax.ts';

/** What changed code itself speaks of: where it draws a line, inputs on both sides of that line tell most. */
export interface SourceWords {
  /** Texts it compares with, splits at or searches for, and texts its patterns match; each at most 24 code units long. */
  texts: string[];
  /** Numbers it compares with, and their neighbours. */
  numbers: number[];
}

const TEXT_MAX = 24;
const TEXTS_MAX = 48;
const NUMBERS_MAX = 24;
/** A number in code that reads character codes stands for a character. */
const readsCodes = /\b(?:charCodeAt|codePointAt|fromCharCode|fromCodePoint)\b/;
const LAST_CODE_POINT = 0x10_ff_ff;

/** Words of the changed functions, and of the constants of their modules, on all sides; those of one side only come first. */
export function sourceWords(dirs: readonly string[], manifest: Manifest, seed: number): SourceWords {
  const sides = dirs.map((dir) => wordsOfTree(dir, manifest, seed));
  const count = <T>(pick: (side: SourceWords) => T[]): T[] => {
    const all = new Map<T, number>();
    for (const side of sides) for (const word of new Set(pick(side))) all.set(word, (all.get(word) ?? 0) + 1);
    // What only one side speaks of is where they part.
    return [...all].toSorted((a, b) => a[1] - b[1]).map(([word]) => word);
  };
  return { texts: count((side) => side.texts).slice(0, TEXTS_MAX), numbers: count((side) => side.numbers).slice(0, NUMBERS_MAX) };
}

function wordsOfTree(dir: string, manifest: Manifest, seed: number): SourceWords {
  const out: SourceWords = { texts: [], numbers: [] };
  const changed = manifest.functions.filter((meta) => meta.changed);
  for (const file of new Set(changed.map((meta) => meta.file))) {
    if (!existsSync(join(dir, file))) continue;
    const source = readOwn(dir, file);
    const { program, functions } = functionsOf(source, file);
    const symbols = new Set(changed.filter((meta) => meta.file === file).map((meta) => meta.symbol));
    const nodes = functions.filter((info) => symbols.has(info.meta.symbol)).map((info) => info.node);
    for (const node of [...nodes, ...constantsOf(program)]) noteWords(node, source, out);
    // What is written out tells more than each sign of a pattern.
    for (const node of [...nodes, ...constantsOf(program)]) notePatterns(node, source, seed, out);
  }
  return out;
}

/** Variables of the module that are not functions: the tables and patterns its functions use. */
function constantsOf(program: SyntaxNode): SyntaxNode[] {
  return (program['body'] as SyntaxNode[]).flatMap((statement) => {
    const declaration = isNode(statement['declaration']) ? statement['declaration'] : statement;
    if (declaration.type !== 'VariableDeclaration') return [];
    return (declaration['declarations'] as SyntaxNode[]).flatMap(({ init }) => (isNode(init) && !isFunction(init) ? [init] : []));
  });
}

function noteText(text: unknown, out: SourceWords): void {
  if (typeof text === 'string' && text !== '' && text.length <= TEXT_MAX && !out.texts.includes(text)) out.texts.push(text);
}

function notePatterns(root: SyntaxNode, source: string, seed: number, out: SourceWords): void {
  walk(root, (node, parents) => {
    const outer = parents.at(-1);
    const isMade = outer?.type === 'NewExpression' && isNode(outer['callee']) && source.startsWith('RegExp', outer['callee'].start);
    const found: [string, string] | null =
      node.type === 'RegExpLiteral'
        ? [String(node['pattern']), String(node['flags'])]
        : isMade && node.type === 'StringLiteral'
          ? [String(node['value']), '']
          : null;
    if (found) for (const text of textsOfPattern(...found, seed)) noteText(text, out);
  });
}

function noteWords(root: SyntaxNode, source: string, out: SourceWords): void {
  const hasCodes = readsCodes.test(source.slice(root.start, root.end));
  walk(root, (node) => {
    const value = node['value'];
    if (node.type === 'StringLiteral') noteText(value, out);
    if (node.type === 'TemplateElement') noteText((value as { cooked?: unknown }).cooked, out);
    if (node.type !== 'NumericLiteral' || typeof value !== 'number' || !Number.isFinite(value)) return;
    for (const near of [value, value + 1, value - 1, -value]) if (!out.numbers.includes(near)) out.numbers.push(near);
    if (hasCodes && Number.isInteger(value) && value >= 0 && value < LAST_CODE_POINT)
      for (const code of [value, value + 1, value - 1]) if (code >= 0) noteText(String.fromCodePoint(code), out);
  });
}
