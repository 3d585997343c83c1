import type * as t from '@babel/types';
import { childrenWithKey, type FunctionNode, isFunction, isTypeOnly, type Node } from './node.ts';

export type BindingKind = 'var' | 'let' | 'const' | 'param' | 'function' | 'class' | 'import' | 'catch' | 'self' | 'enum';

export interface Reference {
  node: t.Identifier | t.JSXIdentifier;
  read: boolean;
  write: boolean;
  /** Function whose body holds the reference; null at the top level of the file. */
  owner: FunctionNode | null;
}

export interface Binding {
  name: string;
  kind: BindingKind;
  scope: Scope;
  /** The declaring identifier. */
  identifier: t.Identifier;
  /** Declarator, parameter, function, class or import that declares it. */
  declaration: Node;
  /** More than one declaration (`var` twice, function over parameter): nothing is concluded about its value. */
  redeclared: boolean;
  references: Reference[];
}

export interface Scope {
  node: Node;
  parent: Scope | null;
  /** Function that owns the scope; null at the top level. */
  owner: FunctionNode | null;
  isFunctionScope: boolean;
  bindings: Map<string, Binding>;
}

export interface ScopeAnalysis {
  program: Scope;
  bindingOf: Map<Node, Binding>;
  scopeOf: Map<Node, Scope>;
  /** Names that are used but declared nowhere in the file. */
  globals: Map<string, Reference[]>;
  /** Direct `eval` or `with`: names cannot be resolved. */
  dynamic: boolean;
}

const BLOCK_SCOPES = new Set([
  'BlockStatement',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'SwitchStatement',
  'CatchClause',
  'StaticBlock',
  'TSModuleBlock',
  'ClassDeclaration',
  'ClassExpression',
]);

/** Identifiers that a pattern binds, `a` and `b` in `{ x: a, ...b }`. */
export function patternIdentifiers(pattern: Node | null | undefined): t.Identifier[] {
  if (!pattern) return [];
  switch (pattern.type) {
    case 'Identifier':
      return [pattern];
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        property.type === 'RestElement' ? patternIdentifiers(property.argument) : patternIdentifiers(property.value),
      );
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => patternIdentifiers(element));
    case 'AssignmentPattern':
      return patternIdentifiers(pattern.left);
    case 'RestElement':
      return patternIdentifiers(pattern.argument);
    case 'TSParameterProperty':
      return patternIdentifiers(pattern.parameter);
    default:
      return [];
  }
}

class Builder {
  readonly #bindingOf = new Map<Node, Binding>();
  readonly #scopeOf = new Map<Node, Scope>();
  readonly #globals = new Map<string, Reference[]>();
  #dynamic = false;

  build(program: t.Program): ScopeAnalysis {
    const scope = this.#open(program, null, null, true);
    this.#declareIn(program, scope);
    this.#resolve(program, scope, 'read');
    return { program: scope, bindingOf: this.#bindingOf, scopeOf: this.#scopeOf, globals: this.#globals, dynamic: this.#dynamic };
  }

  #open(node: Node, parent: Scope | null, owner: FunctionNode | null, isFunctionScope: boolean): Scope {
    const scope: Scope = { node, parent, owner, isFunctionScope, bindings: new Map() };
    this.#scopeOf.set(node, scope);
    return scope;
  }

  #declare(scope: Scope, identifier: t.Identifier, kind: BindingKind, declaration: Node): void {
    const known = scope.bindings.get(identifier.name);
    if (known) {
      known.redeclared = true;
      this.#bindingOf.set(identifier, known);
      return;
    }
    const binding: Binding = { name: identifier.name, kind, scope, identifier, declaration, redeclared: false, references: [] };
    scope.bindings.set(identifier.name, binding);
    this.#bindingOf.set(identifier, binding);
  }

  /** First pass: every scope and declaration, so that hoisted names are known before any use is resolved. */
  #declareIn(node: Node, scope: Scope): void {
    for (const [child] of childrenWithKey(node)) {
      if (isTypeOnly(child)) continue;
      this.#declareNode(child, scope);
      const inner = this.#scopeFor(child, scope);
      this.#declareIn(child, inner);
    }
  }

  #scopeFor(node: Node, scope: Scope): Scope {
    if (isFunction(node)) {
      const inner = this.#open(node, scope, node, true);
      if (node.type === 'FunctionExpression' && node.id) this.#declare(inner, node.id, 'self', node);
      for (const param of node.params) for (const id of patternIdentifiers(param)) this.#declare(inner, id, 'param', param);
      return inner;
    }
    if (node.type === 'BlockStatement' && isFunction(scope.node) && scope.node.body === node) {
      this.#scopeOf.set(node, scope);
      return scope;
    }
    if (!BLOCK_SCOPES.has(node.type)) return scope;
    const inner = this.#open(node, scope, scope.owner, node.type === 'StaticBlock' || node.type === 'TSModuleBlock');
    if (node.type === 'CatchClause') for (const id of patternIdentifiers(node.param)) this.#declare(inner, id, 'catch', node);
    if (node.type === 'ClassExpression' && node.id) this.#declare(inner, node.id, 'self', node);
    return inner;
  }

  #declareNode(node: Node, scope: Scope): void {
    if (node.type === 'VariableDeclaration') {
      const kind: BindingKind = node.kind === 'var' ? 'var' : node.kind === 'let' ? 'let' : 'const';
      const target = kind === 'var' ? this.#functionScope(scope) : scope;
      for (const declarator of node.declarations) {
        for (const id of patternIdentifiers(declarator.id as Node)) this.#declare(target, id, kind, declarator);
      }
    } else if (node.type === 'FunctionDeclaration' && node.id) {
      this.#declare(scope, node.id, 'function', node);
      // Sloppy mode also makes a name of the enclosing function from one declared in a block.
      const outer = this.#functionScope(scope);
      if (outer !== scope && !outer.bindings.has(node.id.name)) {
        const binding = scope.bindings.get(node.id.name);
        if (binding) outer.bindings.set(node.id.name, binding);
      }
    } else if (node.type === 'ClassDeclaration' && node.id) this.#declare(scope, node.id, 'class', node);
    else if (node.type === 'TSEnumDeclaration') this.#declare(scope, node.id, 'enum', node);
    else if (node.type === 'TSModuleDeclaration' && node.id.type === 'Identifier') this.#declare(scope, node.id, 'enum', node);
    else if (node.type === 'ImportSpecifier' || node.type === 'ImportDefaultSpecifier' || node.type === 'ImportNamespaceSpecifier') {
      this.#declare(scope, node.local, 'import', node);
    } else if (node.type === 'TSImportEqualsDeclaration') this.#declare(scope, node.id, 'import', node);
    else if (node.type === 'WithStatement') this.#dynamic = true;
  }

  #functionScope(scope: Scope): Scope {
    let current = scope;
    while (!current.isFunctionScope && current.parent) current = current.parent;
    return current;
  }

  /** Second pass: every identifier that stands for a variable is tied to its binding. */
  #resolve(node: Node, scope: Scope, mode: 'read' | 'write'): void {
    if (isTypeOnly(node)) return;
    const inner = this.#scopeOf.get(node) ?? scope;
    switch (node.type) {
      case 'Identifier':
      case 'JSXIdentifier':
        this.#refer(node, scope, mode === 'read', mode === 'write');
        return;
      case 'AssignmentExpression':
        this.#target(node.left, inner, node.operator !== '=');
        this.#resolve(node.right, inner, 'read');
        return;
      case 'UpdateExpression':
        this.#target(node.argument, inner, true);
        return;
      case 'ForInStatement':
      case 'ForOfStatement':
        if (node.left.type === 'VariableDeclaration') {
          this.#resolve(node.left, inner, 'read');
          for (const id of patternIdentifiers(node.left.declarations[0]?.id as Node)) this.#refer(id, inner, false, true);
        } else this.#target(node.left, inner, false);
        this.#resolve(node.right, inner, 'read');
        this.#resolve(node.body, inner, 'read');
        return;
      case 'VariableDeclarator':
        this.#pattern(node.id as Node, inner);
        if (node.init) this.#resolve(node.init, inner, 'read');
        return;
      case 'CallExpression':
        if (node.callee.type === 'Identifier' && node.callee.name === 'eval') this.#dynamic = true;
        break;
      default:
        break;
    }
    for (const [child, key] of childrenWithKey(node)) {
      if (this.#isName(node, child, key)) continue;
      if (isFunction(node) && key === 'params') this.#pattern(child, inner);
      else if (node.type === 'CatchClause' && key === 'param') this.#pattern(child, inner);
      else this.#resolve(child, node.type === 'SwitchStatement' && key === 'discriminant' ? scope : inner, 'read');
    }
  }

  /** Names of properties, labels and declarations are no references. */
  #isName(parent: Node, child: Node, key: string): boolean {
    if (key === 'label' || key === 'typeAnnotation' || key === 'returnType' || key === 'typeParameters') return true;
    if (parent.type === 'MemberExpression' || parent.type === 'OptionalMemberExpression') return key === 'property' && !parent.computed;
    if (key === 'key') return !(parent as t.ObjectProperty).computed;
    if (key === 'id' && child.type === 'Identifier') return true;
    if (parent.type === 'ImportSpecifier' || parent.type === 'ImportDefaultSpecifier' || parent.type === 'ImportNamespaceSpecifier')
      return true;
    if (parent.type === 'ExportSpecifier') return key === 'exported';
    if (parent.type === 'ExportNamedDeclaration' && parent.source) return true;
    if (parent.type === 'MetaProperty' || parent.type === 'JSXAttribute') return key !== 'value';
    if (parent.type === 'JSXMemberExpression') return key === 'property';
    if (parent.type === 'JSXOpeningElement' && key === 'name') return child.type === 'JSXIdentifier' && /^[a-z]/.test(child.name);
    return parent.type === 'JSXClosingElement';
  }

  /** Default values and computed keys of a declaring pattern are read; its identifiers are declarations. */
  #pattern(node: Node, scope: Scope): void {
    if (node.type === 'Identifier') return;
    if (node.type === 'AssignmentPattern') {
      this.#pattern(node.left, scope);
      this.#resolve(node.right, scope, 'read');
    } else if (node.type === 'ObjectPattern') {
      for (const property of node.properties) {
        if (property.type === 'RestElement') continue;
        if (property.computed) this.#resolve(property.key, scope, 'read');
        this.#pattern(property.value, scope);
      }
    } else if (node.type === 'ArrayPattern') {
      for (const element of node.elements) if (element) this.#pattern(element, scope);
    } else if (node.type === 'RestElement') this.#pattern(node.argument, scope);
    else if (node.type === 'TSParameterProperty') this.#pattern(node.parameter, scope);
  }

  #target(node: Node, scope: Scope, alsoRead: boolean): void {
    if (node.type === 'Identifier') this.#refer(node, scope, alsoRead, true);
    else if (node.type === 'ObjectPattern') {
      for (const property of node.properties) {
        if (property.type === 'RestElement') this.#target(property.argument, scope, false);
        else {
          if (property.computed) this.#resolve(property.key, scope, 'read');
          this.#target(property.value, scope, false);
        }
      }
    } else if (node.type === 'ArrayPattern') {
      for (const element of node.elements) if (element) this.#target(element, scope, false);
    } else if (node.type === 'AssignmentPattern') {
      this.#target(node.left, scope, false);
      this.#resolve(node.right, scope, 'read');
    } else if (node.type === 'RestElement') this.#target(node.argument, scope, false);
    else if (node.type.startsWith('TS')) this.#target((node as t.TSAsExpression).expression, scope, alsoRead);
    else this.#resolve(node, scope, 'read');
  }

  #refer(node: t.Identifier | t.JSXIdentifier, scope: Scope, read: boolean, write: boolean): void {
    const reference: Reference = { node, read, write, owner: scope.owner };
    for (let current: Scope | null = scope; current; current = current.parent) {
      const binding = current.bindings.get(node.name);
      if (!binding) continue;
      binding.references.push(reference);
      this.#bindingOf.set(node, binding);
      return;
    }
    const known = this.#globals.get(node.name);
    if (known) known.push(reference);
    else this.#globals.set(node.name, [reference]);
  }
}

/** Ties every identifier of a program to its declaration, by the scope rules of ECMAScript. */
export const analyseScopes = (program: t.Program): ScopeAnalysis => new Builder().build(program);
