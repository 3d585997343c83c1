import { MagicString } from 'magic-string';
import type { FunctionInfo } from './functions.ts';
import { boundNames, declaredNames } from './scopes.ts';
import { firstStatementOffset, isNode, isTypeScript, type SyntaxNode } from './syntax.ts';

export interface CaptureTarget {
  info: FunctionInfo;
  id: number;
}

/**
 * Rewrites one file so that its functions report to the recorder. Nothing moves to another line; names, lengths, hoisting, `arguments`,
 * `this` and `new.target` stay what they were, since a body only moves into an arrow function in its own place.
 */
export function instrumentForCapture(
  source: string,
  file: string,
  program: SyntaxNode,
  targets: CaptureTarget[],
  runtimePath: string,
): string {
  const text = new MagicString(source);
  const hook = '__codeoptima()';
  const typed = isTypeScript(file);
  for (const target of targets) rewrite(text, source, target, hook, typed);
  text.append(exportsNote(file, program));
  const offset = firstStatementOffset(program, source);
  text.prependLeft(offset, `${offset > 0 && source[offset - 1] !== '\n' ? ';' : ''}${accessor(file, runtimePath)}`);
  return text.toString();
}

/** Tells the recorder what the module exports, once it has run: by getters, since a binding may change. */
function exportsNote(file: string, program: SyntaxNode): string {
  const name = JSON.stringify(file);
  if (program['sourceType'] !== 'module')
    return `\n;typeof module==="object"&&module&&__codeoptima().exports(${name},{get default(){return module.exports}});`;
  const getters = exportedBindings(program).map(([exported, local]) => `get ${JSON.stringify(exported)}(){return ${local}}`);
  return getters.length === 0 ? '' : `\n;__codeoptima().exports(${name},{${getters.join(',')}});`;
}

function exportedBindings(program: SyntaxNode): [exported: string, local: string][] {
  const out: [string, string][] = [];
  for (const statement of program['body'] as SyntaxNode[]) {
    const declaration = statement['declaration'];
    if (statement['exportKind'] === 'type' || !/^Export/.test(statement.type)) continue;
    if (statement.type === 'ExportDefaultDeclaration' && isNode(declaration)) {
      const local = declaration.type === 'Identifier' ? declaration : declaration['id'];
      if (isNode(local) && !declaration.type.startsWith('TS')) out.push(['default', local['name'] as string]);
    }
    if (statement.type !== 'ExportNamedDeclaration') continue;
    if (isNode(declaration) && !declaration.type.startsWith('TS') && declaration['declare'] !== true)
      for (const item of (declaration['declarations'] as SyntaxNode[] | undefined) ?? [declaration])
        for (const name of isNode(item['id']) ? boundNames(item['id']) : []) out.push([name, name]);
    if (isNode(statement['source'])) continue;
    for (const item of statement['specifiers'] as SyntaxNode[])
      if (item['exportKind'] !== 'type' && isNode(item['exported']) && isNode(item['local']))
        out.push([String(item['exported']['name'] ?? item['exported']['value']), item['local']['name'] as string]);
  }
  return out;
}

/** A hoisted function, so that it is there even for calls through an import cycle. Found at run time: works in any module system and bundle. */
function accessor(file: string, runtimePath: string): string {
  const any = isTypeScript(file) ? ': any' : '';
  const cast = isTypeScript(file) ? '(globalThis as any)' : 'globalThis';
  const path = JSON.stringify(runtimePath);
  return (
    // A build that begins with a linter must not fail on what is written here.
    `/* eslint-disable */function __codeoptima()${any}{return ${cast}.__codeoptima_recorder||(${cast}.__codeoptima_recorder=${cast}.process.getBuiltinModule("node:module")` +
    `.createRequire("/")((${cast}.process.env.CODEOPTIMA_RUNTIME||${path})+"/runtime/recorder.js").recorder)}`
  );
}

function rewrite(text: MagicString, source: string, { info, id }: CaptureTarget, hook: string, typed: boolean): void {
  const { node, meta } = info;
  if (meta.kind === 'class') return addConstructor(text, node, id, hook, typed);
  const body = node['body'] as SyntaxNode;
  if (node.type === 'ArrowFunctionExpression') {
    text.appendRight(node.start, `${hook}.arrow(${id},`);
    text.prependLeft(node.end, `,${JSON.stringify(meta.name)})`);
    return;
  }
  const start = bodyStart(body);
  if (meta.generator) {
    text.appendRight(start, `${hook}.note(${id},this,arguments,undefined);`);
    return;
  }
  if (meta.kind === 'constructor' && info.derived) {
    const call = (body['body'] as SyntaxNode[]).find((statement) => isSuperCall(statement));
    if (call) text.appendLeft(call.end, `;${hook}.note(${id},this,arguments,new.target);`);
    return;
  }
  if (redeclaresParameter(node)) {
    text.appendRight(start, `${hook}.note(${id},this,arguments,new.target);`);
    return;
  }
  const assign = assigner(node, typed);
  const callee = /^Function/.test(node.type) && isNode(node['id']) ? (node['id']['name'] as string) : named(text, source, info, id, hook);
  const own = declaredNames(body).has(callee) ? 'undefined' : callee;
  const opening = `return ${hook}.call(${id},this,arguments,new.target,${meta.async ? 'async ' : ''}()=>{`;
  const closing = `},${assign},${own});`;
  if (start === body.end - 1) text.appendRight(start, opening + closing);
  else {
    text.appendRight(start, opening);
    text.prependLeft(body.end - 1, closing);
  }
  if (meta.async) dropAsync(text, source, node);
}

/**
 * A function without a name that others get hold of as a value (`return function () { … }`) is given one to know itself by, and its old name
 * back as a property.
 */
function named(text: MagicString, source: string, { node, meta, scope, inlineArgument }: FunctionInfo, id: number, hook: string): string {
  const isConstructed = /\bnew\s*\(?\s*$/.test(source.slice(Math.max(0, node.start - 20), node.start));
  if (node.type !== 'FunctionExpression' || scope === null || inlineArgument || isConstructed) return 'undefined';
  const name = `__codeoptima_${id}`;
  text.appendLeft(node.start, `${hook}.named(`);
  text.appendLeft(source.indexOf('function', node.start) + 'function'.length, ` ${name}`);
  text.prependLeft(node.end, `,${JSON.stringify(/^[\w$]+$/.test(meta.name) ? meta.name : '')})`);
  return name;
}

/** The body becomes an async arrow whose promise is returned as it is: the same number of ticks as before. */
function dropAsync(text: MagicString, source: string, node: SyntaxNode): void {
  const from = source.indexOf('async', node['static'] === true ? source.indexOf('static', node.start) + 6 : node.start);
  text.remove(from, from + 5);
}

function bodyStart(body: SyntaxNode): number {
  const last = (body['directives'] as SyntaxNode[] | undefined)?.at(-1);
  return last ? last.end : body.start + 1;
}

const isSuperCall = (statement: SyntaxNode): boolean => {
  const expression = statement['expression'];
  return (
    isNode(expression) && expression.type === 'CallExpression' && isNode(expression['callee']) && expression['callee'].type === 'Super'
  );
};

/** `var x = x || {}` on a parameter x would become another variable inside the arrow. */
function redeclaresParameter(node: SyntaxNode): boolean {
  const params = new Set((node['params'] as SyntaxNode[]).flatMap((param) => boundNames(param)));
  const inside = declaredNames(node['body'] as SyntaxNode);
  return [...inside].some((name) => params.has(name));
}

/** Lets the recorder put a logging callback in the place of a function argument. */
function assigner(node: SyntaxNode, typed: boolean): string {
  const cases = (node['params'] as SyntaxNode[]).flatMap((param, index) => {
    const target = param.type === 'AssignmentPattern' ? (param['left'] as SyntaxNode) : param;
    return target.type === 'Identifier' && target['name'] !== 'this' ? [`if(__i===${index})${target['name'] as string}=__v`] : [];
  });
  return cases.length === 0 ? 'undefined' : `${typed ? '(__i: any, __v: any)' : '(__i,__v)'}=>{${cases.join(';')}}`;
}

/** A class without a written constructor gets the one the language would give it, and a note. */
function addConstructor(text: MagicString, node: SyntaxNode, id: number, hook: string, typed: boolean): void {
  const body = node['body'] as SyntaxNode;
  const members = body['body'] as SyntaxNode[];
  if (members.some((member) => member['kind'] === 'constructor')) return;
  const derived = isNode(node['superClass']);
  const note = `${hook}.note(${id},this,${derived ? '__a' : 'arguments'},new.target);`;
  const rest = typed ? '...__a: any' : '...__a';
  text.appendRight(
    body.start + 1,
    derived ? `constructor(${rest}){super(${typed ? '...(__a as [any])' : '...__a'});${note}}` : `constructor(){${note}}`,
  );
}
