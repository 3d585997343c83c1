/** Nested settings as one level with dotted names. */
export function flat(settings, prefix = '') {
  const entries = [];
  const collect = (level, before) => {
    for (const [key, value] of Object.entries(level)) {
      const name = before === '' ? key : `${before}.${key}`;
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) collect(value, name);
      else entries.push([name, value]);
    }
  };
  collect(settings, prefix);
  return Object.fromEntries(entries);
}
