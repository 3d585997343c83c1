// How fast is this core just now? For every line on standard input it runs a fixed operation a few times and prints the median of
// its CPU time in nanoseconds. The operation does what library code does: it parses, allocates, hashes and walks a text. It is our
// own and never sees the code that is measured.
import { createInterface } from 'node:readline';

const RUNS = 7;
const WARM_UP_RUNS = 60;

const parts = Array.from({ length: 300 }, (_, i) => ({ id: i, name: `part-${i}`, tags: ['a', 'b', String(i)], price: i * 1.5 }));
const text = JSON.stringify(parts);

function operation() {
  let quotes = 0;
  for (let i = 0; i < 4; i++) {
    const byName = new Map();
    for (const part of JSON.parse(text)) byName.set(part.name, part);
    quotes += byName.size;
    for (const character of text) if (character === '"') quotes++;
  }
  return quotes;
}

let sink = 0;
function cpuOfOne() {
  const before = process.cpuUsage();
  sink += operation();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function reading() {
  const times = Array.from({ length: RUNS }, cpuOfOne).sort((a, b) => a - b);
  return times[(RUNS - 1) / 2] * 1000;
}

for (let i = 0; i < WARM_UP_RUNS; i++) cpuOfOne();
for await (const _line of createInterface({ input: process.stdin })) process.stdout.write(`${reading()}\n`);
if (sink < 0) process.stdout.write(`${sink}\n`);
