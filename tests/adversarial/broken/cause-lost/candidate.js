/** Runs the reader and says which file failed. */
export function load(name, read) {
  try {
    return read(name);
  } catch (error) {
    throw new Error('cannot load ' + name, error instanceof Error ? { cause: error } : undefined);
  }
}
