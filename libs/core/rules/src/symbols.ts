import type * as t from '@babel/types';
import type { HotRange } from './find.ts';
import { ancestors, type SourceModel } from './syntax/model.ts';
import { contains, endOf, type FunctionNode, isFunction, memberName, type Node, startOf, unwrap, walk } from './syntax/node.ts';

/** Name of the function as a reader would say it: `parse`, `Cart.total`, `exports.run`; null for one without a name. */
export function functionName(model: SourceModel, fn: FunctionNode): string | null {
  if ('id' in fn && fn.id) return fn.id.name;
  if (fn.type === 'ObjectMethod' || fn.type === 'ClassMethod' || fn.type === 'ClassPrivateMethod') {
    const key = fn.key.type === 'Identifier' ? fn.key.name : fn.key.type === 'PrivateName' ? `#${fn.key.id.name}` : model.text(fn.key);
    const body = model.parent(fn);
    const holder = body ? model.parent(body) : null;
    return holder && 'id' in holder && holder.id && (holder.id as Node).type === 'Identifier'
      ? `${(holder.id as t.Identifier).name}.${key}`
      : key;
  }
  const parent = model.parent(fn);
  if (parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier') return parent.id.name;
  if (parent?.type === 'AssignmentExpression') return model.text(parent.left);
  if (parent?.type === 'ObjectProperty' || parent?.type === 'ClassProperty') return model.text(parent.key);
  return parent?.type === 'ExportDefaultDeclaration' ? 'default' : null;
}

/** Nearest function with a name around the node; `(module)` at the top level. */
export function enclosingSymbol(model: SourceModel, node: Node): string {
  for (const ancestor of ancestors(model, node)) {
    const name = isFunction(ancestor) ? functionName(model, ancestor) : null;
    if (name !== null) return name;
  }
  return '(module)';
}

export interface RegionHit {
  hotspot_id: string | null;
  in_callee: boolean;
}

interface Area {
  start: number;
  end: number;
  hotspot_id: string;
  in_callee: boolean;
}

/** Tells whether a node lies in a hot range, or in a function of the file that code in a hot range calls by name. */
export function regionsOf(model: SourceModel, ranges: readonly HotRange[] | undefined): (node: Node) => RegionHit | null {
  if (!ranges) return () => ({ hotspot_id: null, in_callee: false });
  const areas: Area[] = [];
  for (const range of ranges) {
    const start = offsetOfLine(model.source, range.start_line);
    areas.push({ start, end: offsetOfLine(model.source, range.end_line + 1), hotspot_id: range.hotspot_id, in_callee: false });
  }
  areas.push(...areas.flatMap((area) => calleesOf(model, area)));
  return (node) => {
    const hit = areas.find((area) => area.start <= startOf(node) && endOf(node) <= area.end);
    return hit ? { hotspot_id: hit.hotspot_id, in_callee: hit.in_callee } : null;
  };
}

function offsetOfLine(source: string, line: number): number {
  let at = 0;
  for (let n = 1; n < line; n++) {
    const next = source.indexOf('\n', at);
    if (next === -1) return source.length;
    at = next + 1;
  }
  return at;
}

/** Functions of this file that are called by name from the area, and those they call. */
function calleesOf(model: SourceModel, area: Area): Area[] {
  const found = new Set<FunctionNode>();
  const scan = (start: number, end: number): void => {
    walk(model.program, (node) => {
      if (endOf(node) < start || startOf(node) > end) return false;
      if (node.type !== 'Identifier' && node.type !== 'MemberExpression') return true;
      if (startOf(node) < start || endOf(node) > end) return true;
      const fn = node.type === 'Identifier' ? namedFunction(model, node) : ownMethod(model, node);
      if (fn && !found.has(fn)) {
        found.add(fn);
        scan(startOf(fn), endOf(fn));
      }
      return true;
    });
  };
  scan(area.start, area.end);
  return [...found].map((fn) => ({ start: startOf(fn), end: endOf(fn), hotspot_id: area.hotspot_id, in_callee: true }));
}

function namedFunction(model: SourceModel, node: Node): FunctionNode | null {
  const binding = model.binding(node);
  if (!binding) return null;
  const { declaration } = binding;
  if (isFunction(declaration) && binding.kind === 'function') return declaration;
  const value = declaration.type === 'VariableDeclarator' && declaration.init ? unwrap(declaration.init) : null;
  return value && isFunction(value) ? value : null;
}

/** `this.name` in a class whose body declares the method. */
function ownMethod(model: SourceModel, node: Node): FunctionNode | null {
  if (node.type !== 'MemberExpression' || node.object.type !== 'ThisExpression') return null;
  const name = memberName(node);
  for (const ancestor of ancestors(model, node)) {
    if (ancestor.type !== 'ClassBody') continue;
    for (const member of ancestor.body) {
      if ((member.type === 'ClassMethod' || member.type === 'ClassPrivateMethod') && contains(ancestor, member)) {
        const key =
          member.key.type === 'PrivateName' ? `#${member.key.id.name}` : member.key.type === 'Identifier' ? member.key.name : null;
        if (key === name) return member;
      }
    }
    return null;
  }
  return null;
}
