// Runs the task with its data directory (second argument) on a small file system; prints what came out.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CodeOptimaError } from '@codeoptima/contracts';
import { BuilderBench } from './bench.ts';

const [folder = '', data_dir = ''] = process.argv.slice(2);
const bench = new BuilderBench(folder, data_dir);
try {
  console.log(JSON.stringify({ outcome: await bench.run() }));
} catch (error) {
  const { code, message } = CodeOptimaError.from(error);
  console.log(JSON.stringify({ code, message, left: readdirSync(join(data_dir, 'work')) }));
}
