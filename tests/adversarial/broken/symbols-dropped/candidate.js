/** A shallow copy with defaults under it. */
export function withDefaults(options, defaults) {
  const out = {};
  for (const key of Object.keys(defaults)) out[key] = defaults[key];
  for (const key of Object.keys(options)) out[key] = options[key];
  return out;
}
