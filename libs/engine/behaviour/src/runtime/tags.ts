import { types } from 'node:util';

const isNative = (method: unknown): boolean => /\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(method));

/**
 * What `Object.prototype.toString` calls an object ('Object', 'Map Iterator'), without running a getter that the object's own code gave
 * it: '' where only such a getter or a proxy could say.
 */
export function tagOf(value: object): string {
  for (let at: object | null = value; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    if (types.isProxy(at)) return '';
    const own = Object.getOwnPropertyDescriptor(at, Symbol.toStringTag);
    if (own === undefined) continue;
    const getter: unknown = Reflect.get(own, 'get');
    if (getter !== undefined && !isNative(getter)) return '';
    break;
  }
  return Object.prototype.toString.call(value).slice(8, -1);
}
