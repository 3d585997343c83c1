import { MagicString } from 'magic-string';
import { isModuleScope, type FunctionInfo } from './functions.ts';
import { coverBlocks } from './coverage.ts';
import { firstStatementOffset, isFunction, isNode, type SyntaxNode } from './syntax.ts';
import { walk } from './syntax.ts';

export interface OverlayTarget {
  info: FunctionInfo;
  id: number;
  /** Count blocks of this function. */
  covered: boolean;
}

/** Rewrites one file for replay: functions handed out, blocks of changed functions counted. Returns the text and the next free block number. */
export function overlayForReplay(
  source: string,
  program: SyntaxNode,
  targets: OverlayTarget[],
  firstBlock: number,
): { text: string; nextBlock: number } {
  const text = new MagicString(source);
  let block = firstBlock;
  for (const { info, covered } of targets)
    if (covered && isNode(info.node['body']) && info.meta.kind !== 'class') block = coverBlocks(text, info.node, block);
  exposeFunctions(text, source, program, targets);
  return { text: text.toString(), nextBlock: block };
}

/** Hands every function and class that has a name in module scope (or in the scope of a wrapper that runs at load) to the harness. */
export function exposeFunctions(text: MagicString, source: string, program: SyntaxNode, targets: OverlayTarget[]): void {
  const places = new Map<number, string[]>();
  const wrappers = wrapperScopes(program);
  for (const { info, id } of targets) {
    if (info.meta.expression === null) continue;
    const scope = info.scope && wrappers.has(info.scope) ? (info.scope['body'] as SyntaxNode) : null;
    if (info.scope !== null && scope === null && !info.meta.expression.startsWith('(')) continue;
    const at = scope?.type === 'BlockStatement' ? scopeStart(scope) : firstStatementOffset(program, source);
    const own = [`${id}:()=>${info.meta.expression}`];
    if (info.meta.kind === 'static' && info.classIndex === null)
      own.push(`[${-1 - id}]:()=>${info.meta.expression.slice(0, info.meta.expression.lastIndexOf('.'))}`);
    places.set(at, [...(places.get(at) ?? []), ...own]);
  }
  for (const [at, entries] of places) text.prependLeft(at, `;globalThis.__codeoptima_expose({${entries.join(',')}});`);
}

function scopeStart(body: SyntaxNode): number {
  const last = (body['directives'] as SyntaxNode[] | undefined)?.at(-1);
  return last ? last.end : body.start + 1;
}

function wrapperScopes(program: SyntaxNode): Set<SyntaxNode> {
  const found = new Set<SyntaxNode>();
  walk(program, (node, parents) => {
    if (isFunction(node) && isModuleScope(node, [...parents, node])) found.add(node);
  });
  return found;
}
