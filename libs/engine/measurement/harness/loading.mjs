// Loads the library and the workload and calls `setup`. Used by every harness, so that all of them see the same program.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { installResolution } from './resolve.mjs';

export class WorkloadError extends Error {}

/**
 * Leaves nothing behind by which code could tell that it is being measured: arguments and flags.
 * Returns the collector, taken from another context so that no global `gc` is seen. It empties the young generation only: a full collection
 * that is asked for, unlike one that comes by itself, throws away the compiled code of most functions, and what is timed next is the compiler
 * (a parser of documents took ten times as long after each).
 */
export function hide() {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc');
  const collect = () => gc({ __proto__: null, type: 'minor', execution: 'sync' });
  process.argv.length = 1;
  process.execArgv.length = 0;
  return collect;
}

const describe = (error) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));

async function step(what, action) {
  try {
    return await action();
  } catch (error) {
    throw new WorkloadError(`${what}: ${describe(error)}`, { cause: error });
  }
}

/** `request`: { root_url, entry_url, workload_url, size }. */
export async function load(request) {
  installResolution(request.root_url);
  const lib = request.entry_url === null ? {} : await step('the library could not be loaded', () => import(request.entry_url));
  const module = await step('the workload could not be loaded', () => import(request.workload_url));
  const setup = module.default;
  if (typeof setup !== 'function') throw new WorkloadError('the workload has no default export that is a function setup(lib)');
  return { lib, setup, sizes: Array.isArray(module.sizes) ? module.sizes : null };
}

export async function start(loaded, size) {
  const options = size === null ? undefined : { size };
  const made = await step('setup(lib) failed', () => (options ? loaded.setup(loaded.lib, options) : loaded.setup(loaded.lib)));
  if (typeof made?.fn !== 'function') throw new WorkloadError('setup(lib) must return { fn, check } with a function fn');
  return made;
}
