/** Nested settings as one level with dotted names. */
export function flat(settings, prefix = '') {
  let out = {};
  for (const [key, value] of Object.entries(settings)) {
    const name = prefix === '' ? key : `${prefix}.${key}`;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) out = { ...out, ...flat(value, name) };
    else out = { ...out, [name]: value };
  }
  return out;
}
