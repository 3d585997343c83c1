import { readFileSync, writeFileSync } from 'node:fs';
import { FAMILIES } from './families.ts';
import { type Search, SearchBench } from './fleet.ts';

// How many candidates a run tries until the first is accepted, in the second of two similar repositories: with an empty memory, with the memory
// of a run on the first, with the memory of all other families alone, and with a memory that is down. --write puts the table into docs/memory-use.md.
const SEED = 7;

const shown = ({ tried, rules }: Search): string => (tried === null ? `none in ${rules.length}` : String(tried));

const bench = await SearchBench.open();
try {
  const rows: string[][] = [];
  const warm_counts: [cold: number, warm: number][] = [];
  let note = '';
  for (const family of FAMILIES) {
    const empty = await bench.emptyMemory();
    const cold = await bench.search(family, 1, empty.address, SEED);
    await empty.stop();
    const taught = await bench.emptyMemory();
    await bench.search(family, 0, taught.address, SEED);
    const warm = await bench.search(family, 1, taught.address, SEED);
    await taught.stop();
    const foreign = await bench.emptyMemory();
    for (const other of FAMILIES) if (other !== family) await bench.search(other, 0, foreign.address, SEED);
    const strangers = await bench.search(family, 1, foreign.address, SEED);
    await foreign.stop();
    const down = await bench.search(family, 1, bench.nowhere, SEED);
    note = down.memory.note ?? '';
    rows.push([family.name, family.pays, shown(cold), shown(warm), shown(strangers), shown(down), warm.rules.join(', ')]);
    // A search that ended without success has cost all its candidates.
    warm_counts.push([cold.rules.length, warm.rules.length]);
  }
  const sum = (index: 0 | 1): number => warm_counts.reduce((total, counts) => total + counts[index], 0);
  const text = [
    '| Similar repositories | What pays here | Empty memory | Memory of the first | Memory of others | Memory down | Tried with it |\n|---|---|---|---|---|---|---|',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
    `\nCandidates tried in all: ${sum(0)} with an empty memory, ${sum(1)} with the memory of the first. Node ${process.version}.`,
    `With the memory down every run said: “${note.replace(/unix:\S+/g, 'unix:…')}”`,
  ].join('\n');
  console.log(text);
  if (process.argv.includes('--write')) {
    const page = new URL('../../docs/memory-use.md', import.meta.url);
    const [head, rest = ''] = readFileSync(page, 'utf8').split('<!-- memory-use -->\n');
    writeFileSync(page, `${head}<!-- memory-use -->\n\n${text}\n\n<!-- /memory-use -->${rest.split('<!-- /memory-use -->')[1] ?? ''}`);
  }
} finally {
  bench.close();
}
