/** Names of the settings that are set. */
export function named(settings, names) {
  return names.filter((name) => Object.keys(settings).includes(name));
}
