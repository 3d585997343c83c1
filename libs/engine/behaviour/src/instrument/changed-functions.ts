import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type FileFunctions, type FunctionInfo, functionsOf } from './functions.ts';
import { readOwn } from './own-files.ts';
import { isFunction, isNode, type SyntaxNode } from './syntax.ts';

/** A function a change touches, by the path of names that both sides know it by. */
export interface ChangedFunction {
  file: string;
  symbol: string;
}

/**
 * Functions whose own text differs between two trees (nested functions apart), matched by path of names. Code outside any function counts
 * for every function of the module, unless it only adds or removes declarations.
 */
export function changedFunctions(baseDir: string, candidateDir: string, files: readonly string[]): ChangedFunction[] {
  return files.flatMap((file) => {
    if (!existsSync(join(baseDir, file)) || !existsSync(join(candidateDir, file)) || !/\.[mc]?[jt]sx?$/.test(file)) return [];
    const base = ownTexts(readOwn(baseDir, file), file);
    const candidate = ownTexts(readOwn(candidateDir, file), file);
    const moduleChanged = isModuleChanged(base, candidate);
    const symbols = new Set<string>();
    for (const [symbol, text] of base.texts) {
      const other = candidate.texts.get(symbol);
      if (moduleChanged || (other !== undefined && other !== text)) symbols.add(symbol);
      if (other === undefined) symbols.add(surviving(symbol, candidate) ?? symbol);
    }
    // A function the candidate adds changes the function it is in.
    for (const symbol of candidate.texts.keys()) {
      const outer = base.texts.has(symbol) ? null : surviving(symbol, base);
      if (outer !== null) symbols.add(outer);
    }
    const reached = [...symbols].filter((symbol) => base.texts.has(symbol)).map((symbol) => base.constructors.get(symbol) ?? symbol);
    return [...new Set(reached)].map((symbol) => ({ file, symbol }));
  });
}

interface OwnTexts {
  texts: Map<string, string>;
  /** Class → its written constructor: what a change of its fields shows in, since a class itself is never called. */
  constructors: Map<string, string>;
  /** Text of each top-level statement, functions blanked, and the names it declares. */
  statements: { text: string; declares: boolean }[];
}

function surviving(symbol: string, other: OwnTexts): string | null {
  for (let at = symbol.lastIndexOf('/'); at > 0; at = symbol.lastIndexOf('/', at - 1))
    if (other.texts.has(symbol.slice(0, at))) return symbol.slice(0, at);
  return null;
}

function isModuleChanged(base: OwnTexts, candidate: OwnTexts): boolean {
  const [left, right] = [new Set(base.statements.map((item) => item.text)), new Set(candidate.statements.map((item) => item.text))];
  const gone = base.statements.filter((item) => !right.has(item.text));
  const added = candidate.statements.filter((item) => !left.has(item.text));
  return [...gone, ...added].some((item) => !item.declares) || (gone.length > 0 && added.length > 0);
}

function ownTexts(source: string, file: string): OwnTexts {
  const parsed: FileFunctions = functionsOf(source, file);
  const texts = new Map<string, string>();
  const constructors = new Map<string, string>();
  for (const info of parsed.functions) {
    texts.set(info.meta.symbol, normal(blanked(source, info, parsed.functions)));
    const owner = info.meta.kind === 'constructor' && info.classIndex !== null ? parsed.functions[info.classIndex] : undefined;
    if (owner) constructors.set(owner.meta.symbol, info.meta.symbol);
  }
  const statements = (parsed.program['body'] as SyntaxNode[]).map((statement) => {
    const inner = parsed.functions.filter(
      (info) => info.parentIndex === null && info.node.start >= statement.start && info.node.end <= statement.end && isFunction(info.node),
    );
    const declaration = isNode(statement['declaration']) ? statement['declaration'] : statement;
    return {
      text: normal(cut(source, statement.start, statement.end, inner)),
      declares: /^(?:Import|Variable|Function|Class|TS)\w*Declaration$/.test(declaration.type),
    };
  });
  return { texts, constructors, statements };
}

/** The text of one function with the functions inside it left out (they are compared on their own). */
function blanked(source: string, info: FunctionInfo, all: FunctionInfo[]): string {
  const index = all.indexOf(info);
  const inner = all.filter((other) =>
    info.meta.kind === 'class'
      ? other.classIndex === index
      : other.parentIndex === index && isFunction(other.node) && other.classIndex === null,
  );
  return cut(source, info.node.start, info.node.end, inner);
}

function cut(source: string, start: number, end: number, holes: FunctionInfo[]): string {
  let [at, out] = [start, ''];
  for (const hole of holes.sort((a, b) => a.node.start - b.node.start)) {
    if (hole.node.start < at) continue;
    out += `${source.slice(at, hole.node.start)}<${hole.meta.symbol}>`;
    at = hole.node.end;
  }
  return out + source.slice(at, end);
}

/** Comments and layout do not count; inside strings they may, which errs on the side of checking more. */
const normal = (text: string): string =>
  text
    .replaceAll(/\/\*[\s\S]*?\*\/|(?<![:'"`\\])\/\/[^\n]*/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
