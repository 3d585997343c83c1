/** The last part of a path. */
export function baseName(path) {
  return path.split('/').at(-1);
}
