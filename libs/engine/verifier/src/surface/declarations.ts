import { parse } from '@babel/parser';
import { child, children, isNode, type Node } from '../guards/syntax.ts';
import { leaveOutNewProtected } from './protected-methods.ts';

/** Declarations of a file by name, each in a form that layout, comments and the names of parameters do not change. */
interface Declarations {
  /** Name → forms (an overloaded function has several, whose order counts) and the text for people. */
  exported: Map<string, { form: string; text: string }>;
  local: Map<string, { form: string; text: string }>;
}

/** Parses a declaration file. Throws the parser's error. */
function parseDeclarations(source: string): Node {
  const tree = parse(source, { sourceType: 'module', plugins: [['typescript', { dts: true }], 'decorators'], errorRecovery: true });
  return tree.program as unknown as Node;
}

const LAYOUT = new Set([
  'start',
  'end',
  'loc',
  'range',
  'leadingComments',
  'trailingComments',
  'innerComments',
  'comments',
  'extra',
  'errors',
  'override',
]);

/** Members that only the class itself can use. */
const isPrivate = (node: Node): boolean =>
  node['accessibility'] === 'private' || /Private/.test(node.type) || child(node, 'key')?.type === 'PrivateName';

/** The name a type parameter is called by: a node in older syntax trees, a text in newer ones. */
const typeParameterName = (node: Node): string => String(child(node, 'name')?.['name'] ?? node['name']);

/** Names that a signature declares for itself, with what stands for them: which names were chosen is no part of a type. */
function namesOf(node: Node, depth: number, names: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const params = [...children(node, 'params'), ...(/^TS/.test(node.type) ? children(node, 'parameters') : [])];
  const types = children(child(node, 'typeParameters') ?? node, 'params').filter((item) => item.type === 'TSTypeParameter');
  if (params.length + types.length === 0 || node.type === 'TSTypeParameterDeclaration') return names;
  const own = new Map(names);
  for (const [index, param] of params.entries()) {
    const target = param.type === 'RestElement' ? child(param, 'argument') : param;
    if (target?.type === 'Identifier' && target['name'] !== 'this') own.set(`value ${String(target['name'])}`, `#${depth}.${index}`);
  }
  for (const [index, type] of types.entries()) own.set(`type ${typeParameterName(type)}`, `$${depth}.${index}`);
  return own;
}

/** A text of a node in which layout, comments, chosen names and the order of unions say nothing. */
function formOf(node: Node, depth = 0, outer: ReadonlyMap<string, string> = new Map()): string {
  const names = namesOf(node, depth, outer);
  const part = (value: unknown, key: string): string => {
    if (Array.isArray(value))
      return `[${value
        .map((item) => part(item, key))
        .filter((text) => text !== '')
        .join(',')}]`;
    if (!isNode(value)) return value === undefined || value === null || value === false ? '' : JSON.stringify(value);
    if (isPrivate(value)) return '';
    return formOf(value, depth + 1, names);
  };
  if (node.type === 'TSParenthesizedType') return formOf(child(node, 'typeAnnotation') ?? node, depth, outer);
  if (/^TS(Union|Intersection)Type$/.test(node.type)) {
    const members = children(node, 'types').map((type) => formOf(type, depth + 1, names));
    return `${node.type}(${(node.type === 'TSUnionType' ? members.toSorted() : members).join('|')})`;
  }
  if (/^(Object|Array)Pattern$/.test(node.type)) return `Pattern(${part(node['typeAnnotation'], 'typeAnnotation')})`;
  if (node.type === 'Identifier') {
    const name = String(node['name']);
    const shown = names.get(`type ${name}`) ?? names.get(`value ${name}`) ?? name;
    return `${shown}${node['optional'] === true ? '?' : ''}${part(node['typeAnnotation'], 'typeAnnotation')}`;
  }
  const fields = Object.entries(node).filter(([key]) => key !== 'type' && !LAYOUT.has(key));
  if (node.type === 'TSTypeParameter') fields.splice(0, fields.length, ...fields.filter(([key]) => key !== 'name'));
  if (/^TS(InterfaceBody|TypeLiteral)$|^ClassBody$/.test(node.type)) return `{${membersOf(node, depth, names).join(';')}}`;
  return `${node.type}{${fields
    .map(([key, value]) => [key, part(value, key)])
    .filter(([, text]) => text !== '' && text !== '[]')
    .map(([key, text]) => `${key}:${text}`)
    .join(',')}}`;
}

/** Members by name; those of one name are overloads and keep their order. */
function membersOf(node: Node, depth: number, names: ReadonlyMap<string, string>): string[] {
  const members = [...children(node, 'body'), ...children(node, 'members')].filter((member) => !isPrivate(member));
  const byName = new Map<string, string[]>();
  for (const member of members) {
    const key = child(member, 'key');
    const name = key ? formOf(key) : member.type;
    byName.set(name, [...(byName.get(name) ?? []), formOf(member, depth + 1, names)]);
  }
  return [...byName.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, forms]) => forms);
}

/** Members of a class by the name they are reached under; overloads stand under one name. */
const reachedAs = (member: Node): string => `${member['static'] === true ? 'static ' : ''}${formOf(child(member, 'key') ?? member)}`;

/**
 * Writes into each class what a class of the same file leaves to it: a method of one's own in place of the same one inherited is no difference.
 * Only where the type parameters are handed on as they are, since then a text of the parent says the same in the child.
 */
function writeInherited(program: Node): void {
  const classes = classesOf(program);
  const typesOf = (node: Node | null): string =>
    children(node ?? ({} as Node), 'params')
      .map((type) => (type.type === 'TSTypeParameter' ? typeParameterName(type) : nameOf(child(type, 'typeName'))))
      .join();
  const done = new Set<Node>();
  const complete = (node: Node): void => {
    if (done.has(node)) return;
    done.add(node);
    const parent = classes.get(nameOf(child(node, 'superClass')));
    const body = child(node, 'body');
    const handed = child(node, 'superTypeParameters') ?? child(node, 'superTypeArguments');
    if (!parent || !body || typesOf(handed) !== typesOf(child(parent, 'typeParameters'))) return;
    complete(parent);
    const own = new Set(children(body, 'body').map(reachedAs));
    const inherited = children(child(parent, 'body') ?? parent, 'body').filter(
      (member) => member['kind'] !== 'constructor' && !isPrivate(member) && !own.has(reachedAs(member)),
    );
    body['body'] = [...children(body, 'body'), ...inherited];
  };
  for (const node of classes.values()) complete(node);
}

function classesOf(program: Node): Map<string, Node> {
  const classes = new Map<string, Node>();
  for (const statement of children(program, 'body')) {
    const declaration = /^Export/.test(statement.type) ? child(statement, 'declaration') : statement;
    if (declaration && /^Class/.test(declaration.type)) classes.set(nameOf(child(declaration, 'id')), declaration);
  }
  return classes;
}

/** Protected methods that are new, or have another name, concern no caller. */
function alignProtected(base: Node, candidate: Node): void {
  const others = classesOf(candidate);
  const nameless = (member: Node): string => formOf({ ...member, key: null });
  for (const [name, own] of classesOf(base)) {
    const [body, other] = [child(own, 'body'), child(others.get(name) ?? own, 'body')];
    if (body && other && other !== body) leaveOutNewProtected(body, other, nameless);
  }
}

const oneLine = (text: string): string =>
  text
    .replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();

/** A name spelled as a name or as a text. */
function nameOf(node: Node | null): string {
  const name = node?.['name'] ?? node?.['value'];
  return typeof name === 'string' ? name : '';
}

/** The names and the declaration of a statement. */
function declaredBy(statement: Node, source: string): { name: string; form: string; text: string }[] {
  const declaration = /^Export(Named|Default)Declaration$/.test(statement.type)
    ? (child(statement, 'declaration') ?? statement)
    : statement;
  const text = oneLine(source.slice(statement.start, statement.end));
  if (declaration.type === 'VariableDeclaration')
    return children(declaration, 'declarations').map((item) => {
      const id = child(item, 'id') ?? item;
      return { name: String(id['name']), form: `${String(declaration['kind'])} ${formOf(item)}`, text };
    });
  const id = child(declaration, 'id');
  const name = statement.type === 'ExportDefaultDeclaration' ? 'default' : nameOf(id);
  if (name !== '') return [{ name, form: formOf(declaration), text }];
  const source_of = child(statement, 'source')?.['value'];
  const from = typeof source_of === 'string' ? ` from ${source_of}` : '';
  if (statement.type === 'ExportAllDeclaration') return [{ name: `*${from}`, form: text, text }];
  if (statement.type === 'ExportNamedDeclaration')
    return children(statement, 'specifiers').map((item) => {
      const exported = child(item, 'exported');
      const local = child(item, 'local');
      const shown = `${nameOf(local) || '*'}${from}`;
      return { name: nameOf(exported), form: shown, text: `export { ${shown} }` };
    });
  return /^(TSExportAssignment|TSNamespaceExport)/.test(statement.type) ? [{ name: 'export =', form: formOf(statement), text }] : [];
}

const isModule = (program: Node): boolean =>
  children(program, 'body').some((statement) => /^(Import|Export)|^TS(Export|Namespace)/.test(statement.type));

function programOf(source: string): Node {
  const program = parseDeclarations(source);
  writeInherited(program);
  return program;
}

function read(program: Node, source: string): Declarations {
  const exported: Declarations['exported'] = new Map();
  const local: Declarations['local'] = new Map();
  const global = !isModule(program);
  for (const statement of children(program, 'body')) {
    const into = global || /^Export|^TS(Export|Namespace)/.test(statement.type) ? exported : local;
    for (const { name, form, text } of declaredBy(statement, source)) {
      const known = into.get(name);
      into.set(name, known ? { form: `${known.form}&${form}`, text: `${known.text} ${text}` } : { form, text });
    }
  }
  return { exported, local };
}

const TEXT_MAX = 200;
const shown = (text: string): string => (text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text);

/**
 * Differences between two versions of a declaration file that a caller's compiler could notice, one sentence each. Helpers that are not
 * exported count when both sides have them, since what is exported may be made of them.
 */
export function compareDeclarations(file: string, base: string, candidate: string): string[] {
  if (base === candidate) return [];
  const programs = [programOf(base), programOf(candidate)] as const;
  alignProtected(...programs);
  const [before, after] = [read(programs[0], base), read(programs[1], candidate)];
  const differences: string[] = [];
  for (const [name, { form, text }] of before.exported) {
    const now = after.exported.get(name);
    if (!now) differences.push(`${file}: the declared type ${name} is gone.`);
    else if (now.form !== form)
      differences.push(`${file}: the declared type ${name} changed from "${shown(text)}" to "${shown(now.text)}".`);
  }
  for (const name of after.exported.keys()) if (!before.exported.has(name)) differences.push(`${file}: the declared type ${name} is new.`);
  for (const [name, { form, text }] of before.local) {
    const now = after.local.get(name);
    if (now && now.form !== form)
      differences.push(`${file}: the declared type ${name} changed from "${shown(text)}" to "${shown(now.text)}".`);
  }
  return differences;
}
