/** Changes what plain data it is given, as users may do with what belongs to them. Its text is part of generated tests. */
export function scribble(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  try {
    if (Array.isArray(value)) value.reverse().push('scribbled');
    else if (value instanceof Map) value.set('scribbled', 'scribbled');
    else if (value instanceof Set) value.add('scribbled');
    else if (ArrayBuffer.isView(value) && 'fill' in value) (value as Uint8Array).fill(7);
    else if (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null) {
      for (const inner of Object.values(value) as unknown[]) if (Array.isArray(inner)) inner.reverse().push('scribbled');
      Object.assign(value, { scribbled: 'scribbled' });
    }
  } catch {
    // Read-only parts stay as they are.
  }
}

/** Changes data so that it stays of its kind: whoever remembers an answer by the object it was given for now gives a stale one. */
export function vary(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  try {
    if (Array.isArray(value) && value.length > 1) value.shift();
    else if (Array.isArray(value)) value.push(...value);
    else if (value instanceof Map || value instanceof Set) value.delete(value.keys().next().value);
    else if (Object.getPrototypeOf(value) === Object.prototype)
      for (const [key, inner] of Object.entries(value)) {
        if (Array.isArray(inner) && inner.length > 1) inner.shift();
        else if (typeof inner === 'number') Object.assign(value, { [key]: inner + 1 });
        else if (typeof inner === 'string') Object.assign(value, { [key]: `${inner}${inner.slice(-1)}` });
        else if (typeof inner === 'boolean') Object.assign(value, { [key]: !inner });
      }
  } catch {
    // Read-only parts stay as they are.
  }
}
