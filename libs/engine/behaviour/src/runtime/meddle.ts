/** Changes a list, Map or Set among what a callback is handed, as callbacks may that are handed one. Its text is part of generated tests. */
export function meddle(args: readonly unknown[], how: 'add' | 'remove'): void {
  for (const arg of args) {
    if (typeof arg !== 'object' || arg === null || Object.isFrozen(arg)) continue;
    if (Array.isArray(arg)) {
      if (how === 'add') arg.push(...(arg.slice(0, 1) as unknown[]));
      else arg.pop();
    } else if (arg instanceof Set || arg instanceof Map) {
      const keys = [...arg.keys()] as unknown[];
      const last = keys.at(-1);
      if (how === 'remove') arg.delete(last);
      else if (typeof last === 'string' || typeof last === 'number') {
        const next = typeof last === 'string' ? `${last}+` : last + 1;
        if (arg instanceof Set) arg.add(next);
        else arg.set(next, arg.get(last));
      }
    }
  }
}
