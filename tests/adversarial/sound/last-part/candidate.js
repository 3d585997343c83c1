/** The last part of a path. */
export function baseName(path) {
  return path.slice(path.lastIndexOf('/') + 1);
}
