/** A shallow copy with defaults under it. */
export function withDefaults(options, defaults) {
  return Object.assign({}, defaults, options);
}
