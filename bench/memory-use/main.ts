import { readFileSync, writeFileSync } from 'node:fs';
import { scriptArguments } from '../../scripts/script-arguments.ts';
import { FAMILIES } from './families.ts';
import { type Search, SearchBench } from './fleet.ts';

const HELP = `usage: sh scripts/in-node.sh bench/memory-use/main.ts [--write]

How many candidates a run tries until the first is accepted, in a repository like others: with an empty memory, with the memory of a run
on one like it, and on two, with the memory of all other families alone, and with a memory that is down.

  --write   put the table into docs/memory-use.md`;

const { values } = scriptArguments({ name: 'memory-use', help: HELP, options: { write: { type: 'boolean', default: false } } });

const shown = ({ tried, rules }: Search): string => (tried === null ? `none in ${rules.length}` : String(tried));

const bench = await SearchBench.open();
try {
  const rows: string[][] = [];
  const counts: [cold: number, warm: number, third: number][] = [];
  let note = '';
  for (const family of FAMILIES) {
    const empty = await bench.emptyMemory();
    const cold = await bench.search(family, 1, empty.address);
    await empty.stop();
    const taught = await bench.emptyMemory();
    await bench.search(family, 0, taught.address);
    const warm = await bench.search(family, 1, taught.address);
    const third = await bench.search(family, 2, taught.address);
    await taught.stop();
    const foreign = await bench.emptyMemory();
    for (const other of FAMILIES) if (other !== family) await bench.search(other, 0, foreign.address);
    const strangers = await bench.search(family, 1, foreign.address);
    await foreign.stop();
    const down = await bench.search(family, 1, bench.nowhere);
    note = (down.memory.note ?? '').split(': ')[0] ?? '';
    rows.push([family.name, family.pays, shown(cold), shown(warm), shown(third), shown(strangers), shown(down), third.rules.join(', ')]);
    // A search that ended without success has cost all its candidates.
    counts.push([cold.rules.length, warm.rules.length, third.rules.length]);
  }
  const sum = (index: 0 | 1 | 2): number => counts.reduce((total, row) => total + row[index], 0);
  const text = [
    '| Similar repositories | What pays here | Empty memory | After one like it | After two | Memory of others | Memory down | Tried after two |\n|---|---|---|---|---|---|---|---|',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
    `\nCandidates tried in all: ${sum(0)} with an empty memory, ${sum(1)} after a run on one repository like it, ${sum(2)} after two. Node ${process.version}.`,
    `With the memory down every run said: “${note}.”`,
  ].join('\n');
  console.log(text);
  if (values.write) {
    const page = new URL('../../docs/memory-use.md', import.meta.url);
    const [head, rest = ''] = readFileSync(page, 'utf8').split('<!-- memory-use -->\n');
    writeFileSync(page, `${head}<!-- memory-use -->\n\n${text}\n\n<!-- /memory-use -->${rest.split('<!-- /memory-use -->')[1] ?? ''}`);
  }
} finally {
  bench.close();
}
