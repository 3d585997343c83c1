import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareDeclarations } from './declarations.ts';

const differences = (base: string, candidate: string): string[] => compareDeclarations('index.d.ts', base, candidate);

const same: [string, string, string][] = [
  [
    'layout and comments',
    'export declare function f(a: string): number;',
    '/** f */\nexport declare function f(\n  a: string, // a\n): number',
  ],
  [
    'names of parameters',
    'export declare function f(a: string, b?: number): a is "x";',
    'export declare function f(x: string, y?: number): x is "x";',
  ],
  ['names of type parameters', 'export type Box<T> = { of: T[] };', 'export type Box<U> = { of: U[] };'],
  ['the order of a union', 'export type A = "x" | "y" | null;', 'export type A = null | "y" | "x";'],
  ['the order of declarations', 'export type A = 1;\nexport type B = 2;', 'export type B = 2;\nexport type A = 1;'],
  ['the order of members', 'export interface A { a: 1; b: 2 }', 'export interface A { b: 2; a: 1 }'],
  ['private members', 'export declare class A { private x; #private; m(): void; }', 'export declare class A { private cache; m(): void; }'],
  [
    'a protected method that is new',
    'export declare class A { m(): void; }',
    'export declare class A { m(): void; protected push(n: number): void; }',
  ],
  [
    'a protected method of another name',
    'export declare class A { m(): void; protected put(n: number): void; }',
    'export declare class A { m(): void; protected push(x: number): void; }',
  ],
  ['an import nobody can see', 'export type A = 1;', 'import "./b.js";\nexport type A = 1;'],
  [
    'a method of its own in place of the inherited one',
    'export declare class A<T> { get(k: string): T; static of(): 1; }\nexport declare class B<T> extends A<T> { add(): this; }',
    'export declare class A<T> { get(k: string): T; static of(): 1; }\nexport declare class B<T> extends A<T> { add(): this; get(key: string): T; static of(): 1; }',
  ],
  ['a new helper that nothing exported uses', 'export type A = 1;', 'type Help = 2;\nexport type A = 1;'],
];
for (const [what, base, candidate] of same)
  test(`takes ${what} for no difference`, () => assert.deepEqual(differences(base, candidate), []));

const other: [string, string, string][] = [
  ['a wider parameter', 'export declare function f(a: string): void;', 'export declare function f(a: string | null): void;'],
  ['a narrower result', 'export declare function f(): string | null;', 'export declare function f(): string;'],
  ['an optional parameter', 'export declare function f(a: string): void;', 'export declare function f(a?: string): void;'],
  [
    'a parameter taken for another',
    'export declare function f(a: string, b: string): a is "x";',
    'export declare function f(a: string, b: string): b is "x";',
  ],
  [
    'overloads in another order',
    'export declare function f(a: 1): 1;\nexport declare function f(a: number): 2;',
    'export declare function f(a: number): 2;\nexport declare function f(a: 1): 1;',
  ],
  [
    'methods overloaded in another order',
    'export interface A { m(a: 1): 1; m(a: number): 2 }',
    'export interface A { m(a: number): 2; m(a: 1): 1 }',
  ],
  ['a readonly that is gone', 'export interface A { readonly x: number }', 'export interface A { x: number }'],
  ['a constraint that is gone', 'export type A<T extends string> = T[];', 'export type A<T> = T[];'],
  ['a changed helper', 'type Help = 1;\nexport type A = Help;', 'type Help = 2;\nexport type A = Help;'],
  ['another export behind a name', 'declare const a: 1, b: 1;\nexport { a };', 'declare const a: 1, b: 1;\nexport { b as a };'],
  [
    'a method that is wider than the inherited one',
    'declare class A { get(k: string): 1; }\nexport declare class B extends A { }',
    'declare class A { get(k: string): 1; }\nexport declare class B extends A { get(k: string | number): 1; }',
  ],
  [
    'a method of its own where the parent is asked for other types',
    'declare class A<T> { get(): T; }\nexport declare class B<T> extends A<T[]> { }',
    'declare class A<T> { get(): T; }\nexport declare class B<T> extends A<T[]> { get(): T; }',
  ],
  [
    'a method no parent has',
    'declare class A { }\nexport declare class B extends A { }',
    'declare class A { }\nexport declare class B extends A { m(): 1; }',
  ],
  ['a protected member', 'export declare class A { protected x: 1; }', 'export declare class A { protected x: 2; }'],
  ['a protected method that is gone', 'export declare class A { protected put(n: number): void; }', 'export declare class A { }'],
  [
    'a protected method in another form',
    'export declare class A { protected put(n: number): void; }',
    'export declare class A { protected put(n: string): void; }',
  ],
  [
    'a protected method of another name and form',
    'export declare class A { protected put(n: number): void; }',
    'export declare class A { protected push(n: string): void; }',
  ],
  ['a public method that is protected now', 'export declare class A { m(): void; }', 'export declare class A { protected m(): void; }'],
  ['a protected method that is public now', 'export declare class A { protected m(): void; }', 'export declare class A { m(): void; }'],
  [
    'an abstract method that is new',
    'export declare abstract class A { m(): void; }',
    'export declare abstract class A { m(): void; protected abstract push(n: number): void; }',
  ],
  [
    'a protected property that is new',
    'export declare class A { m(): void; }',
    'export declare class A { m(): void; protected x: number; }',
  ],
  ['a changed export assignment', 'declare function f(): 1;\nexport = f;', 'declare function f(): 2;\nexport = f;'],
  ['a global declaration', 'declare function f(a: 1): void;', 'declare function f(a: 2): void;'],
  ['an augmented module', 'declare module "x" { export const a: 1; }', 'declare module "x" { export const a: 2; }'],
  ['another default', 'declare const a: 1;\nexport default a;', 'declare const a: 2;\nexport default a;'],
];
for (const [what, base, candidate] of other)
  test(`notices ${what}`, () => assert.equal(differences(base, candidate).length, 1, differences(base, candidate).join()));
