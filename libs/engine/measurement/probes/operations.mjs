// Known work for calibrating this machine: three kinds of everyday code, in a steady version and in one that repeats a
// seventh of the work, so that a flag set which turns a known sign is found out.
const words = Array.from({ length: 600 }, (_, i) => `word${(i * 7919) % 211}-${i % 17}`);
const records = Array.from({ length: 700 }, (_, i) => ({ id: (i * 48271) % 701, group: i % 13, label: `r${i}` }));

function countWords(list) {
  const counts = new Map();
  for (const word of list) {
    const key = word.toUpperCase().split('-')[0];
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts.size;
}

function groupRecords(list) {
  const sorted = [...list].sort((a, b) => a.id - b.id);
  const groups = {};
  for (const { group, label } of sorted) (groups[group] ??= []).push(label);
  return Object.keys(groups).length;
}

class Vector {
  constructor(x, y) {
    this.x = x;
    this.y = y;
  }

  plus(other) {
    return new Vector(this.x + other.x, this.y + other.y);
  }
}

function walk(steps) {
  let at = new Vector(0, 0);
  for (let i = 0; i < steps; i++) at = at.plus(new Vector(i % 3, (i * 7) % 5));
  return at.x + at.y;
}

export const operations = {
  strings: (extra) => countWords(words) + (extra ? countWords(words.slice(0, 86)) : 0),
  objects: (extra) => groupRecords(records) + (extra ? groupRecords(records.slice(0, 120)) : 0),
  numbers: (extra) => walk(6000) + (extra ? walk(857) : 0),
};
