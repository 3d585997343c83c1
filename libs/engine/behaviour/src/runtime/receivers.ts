import { types } from 'node:util';
import type { FunctionMeta, StepOp } from './graph.ts';
import { isObject } from './known-objects.ts';
import { tagOf } from './tags.ts';

/** Plain data is written by content; what has behaviour or identity is referred to. */
export function isStateful(value: object): boolean {
  if (typeof value === 'function') return true;
  if (Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Of any realm: a test runner may give each file its own Object.
  const isPlain = prototype === null || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'hasOwnProperty'));
  return !isPlain || Object.values(Object.getOwnPropertyDescriptors(value)).some((descriptor) => typeof descriptor.value === 'function');
}

/** The global object of any realm, or a module: a receiver only because of how the call was written. */
export const isGlobal = (value: unknown): boolean =>
  value === globalThis || types.isModuleNamespaceObject(value) || (isObject(value) && tagOf(value) === 'global');

/** Arrays and plain objects that may be written to: what tests hand in as data. */
export function isPlainHolder(value: object): boolean {
  if (typeof value === 'function' || Object.isFrozen(value)) return false;
  return Array.isArray(value) || !isInstance(value);
}

function isInstance(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype !== null && Object.getPrototypeOf(prototype) !== null;
}

/** A receiver that is not looked at is left out: often it is the module or the global object. */
export function carriesThis(meta: FunctionMeta, op: StepOp, self: unknown): boolean {
  if (op === 'new' || op === 'static' || isGlobal(self)) return false;
  return op !== 'call' || meta.uses_this;
}
