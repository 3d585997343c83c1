import { freeNames } from './scopes.ts';
import { isFunction, parseModule, walk } from './syntax.ts';

const memory = new Map<string, string | null>();
const memoryLimit = 5000;
const globals = new Set([...Object.getOwnPropertyNames(globalThis), 'undefined', 'NaN', 'Infinity']);
// What a callback must not take along from the test process.
for (const name of ['process', 'require', 'module', 'exports', '__dirname', '__filename', 'globalThis', 'global']) globals.delete(name);

/** The text of a function that uses nothing but its parameters and the language's own globals; null for any other. */
export function closedSource(source: string): string | null {
  const known = memory.get(source);
  if (known !== undefined) return known;
  if (memory.size > memoryLimit) memory.clear();
  const found = analyse(source);
  memory.set(source, found);
  return found;
}

function analyse(source: string): string | null {
  for (const text of [`(${source})`, `({${source}})`]) {
    try {
      const { program } = parseModule(text, 'callback.js');
      let closed: boolean | null = null;
      walk(program, (node) => {
        if (closed !== null || !isFunction(node)) return closed === null;
        const free = freeNames(node);
        closed = !(node.type === 'ArrowFunctionExpression' && free.usesContext) && [...free.names].every((name) => globals.has(name));
        return false;
      });
      return closed === true ? source : null;
    } catch {
      continue;
    }
  }
  return null;
}
