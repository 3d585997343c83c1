/** Runs the reader and says which file failed. */
export function load(name, read) {
  try {
    return read(name);
  } catch (cause) {
    throw new Error(`cannot load ${name}`, { cause });
  }
}
