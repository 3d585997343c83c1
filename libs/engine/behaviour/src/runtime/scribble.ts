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
