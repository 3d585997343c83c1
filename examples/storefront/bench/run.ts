import { readdirSync } from 'node:fs';
import * as lib from '../src/index.ts';

/** Prints the operations per second of each workload, after a second of warm-up. */
for (const file of readdirSync(import.meta.dirname).filter((name) => name.endsWith('.mjs'))) {
  const { default: setup } = (await import(`./${file}`)) as { default: (library: typeof lib) => { fn: () => unknown } };
  const { fn } = setup(lib);
  const rate = (seconds: number): number => {
    const start = performance.now();
    let count = 0;
    while (performance.now() - start < seconds * 1000) {
      fn();
      count++;
    }
    return (count * 1000) / (performance.now() - start);
  };
  rate(1);
  console.log(`${file.padEnd(18)} ${rate(2).toFixed(1)} operations/s`);
}
