import { CodeOptimaError } from '@codeoptima/contracts';
import { readFileSync } from 'node:fs';
import { compileWorkflow, type Table } from './compile.ts';

const folder = new URL('../../../../workflows/', import.meta.url);

/**
 * Reads and compiles `workflows/<name>.yaml` of the distribution.
 * @throws CodeOptimaError bad_input when there is no such workflow or the file is wrong
 */
export function loadWorkflow(name: string): Table {
  const file = `workflows/${name}.yaml`;
  let text: string;
  try {
    if (!/^[a-z][a-z0-9-]*$/.test(name)) throw new Error('not a name');
    text = readFileSync(new URL(`${name}.yaml`, folder), 'utf8');
  } catch (cause) {
    throw new CodeOptimaError('bad_input', `there is no workflow '${name}' (${file})`, { cause, ids: { path: file } });
  }
  return compileWorkflow(text, file);
}
