/** A kind of code that an organisation has in many repositories: what slows it is not what usually slows such code. */
export interface Family {
  name: string;
  /** A module with the hot function `hot`; `@list`, `@item`, `@key` and `@extra` are filled in for each repository. */
  module: string;
  /** Arguments of one call, as JavaScript. */
  args: string;
  /** What of it pays here, for the reader. */
  pays: string;
}

const ROWS = "Array.from({ length: 400 }, (_, i) => ({ @key: 'k' + (i % 7), name: 'Name' + (i % 50), size: i % 13 }))";

/** Lists that are looked up in have a handful of entries here, so the rules that usually gain most gain nothing. */
export const FAMILIES: readonly Family[] = [
  {
    name: 'pattern built per row',
    pays: 'regexp-in-loop',
    args: `${ROWS}, ['k1', 'k2', 'k3'], 'Name1'`,
    module: `export function hot(@list, allowed, prefix) {
  @extra
  const wanted = '^' + String(prefix) + '[0-9]*$';
  const out = [];
  for (const @item of @list) {
    if (!allowed.includes(@item.@key)) continue;
    if (new RegExp(wanted).test(@item.name)) out.push(@item.size);
  }
  return out;
}
`,
  },
  {
    name: 'keys listed per row',
    pays: 'hoist-object-keys',
    args: `${ROWS}, [{ id: 'k1', rate: 2 }, { id: 'k2', rate: 3 }], Object.fromEntries(Array.from({ length: 40 }, (_, i) => ['k' + i, i]))`,
    module: `export function hot(@list, rates, table) {
  @extra
  let sum = 0;
  for (const @item of @list) {
    if (rates.some((one) => one.id === @item.@key)) sum += 1;
    sum += @item.size / Object.keys(table).length;
  }
  return sum;
}
`,
  },
  {
    name: 'count by a copy',
    pays: 'filter-count',
    args: `${ROWS}, ['k1', 'k5']`,
    module: `export function hot(@list, kinds) {
  @extra
  const seen = [];
  for (const @item of @list.slice(0, 20)) {
    if (!seen.includes(@item.@key)) seen.push(@item.@key);
  }
  const large = [...@list].filter((@item) => @item.size > 4).length;
  return [seen, large, kinds.some((kind) => seen.includes(kind))];
}
`,
  },
  {
    name: 'three decoys, one test by match',
    pays: 'match-to-test',
    args: `${ROWS}, ['k1', 'k2'], ['k3'], [{ id: 'k4', ok: true }]`,
    module: `export function hot(@list, first, second, third) {
  @extra
  const out = [];
  for (const @item of @list) {
    if (first.includes(@item.@key)) continue;
    if (second.indexOf(@item.@key) >= 0) continue;
    if (third.some((one) => one.id === @item.@key)) continue;
    if (String(@item.name).match(/^Name[1-4]\\d?$/)) out.push(@item.size);
  }
  return out;
}
`,
  },
  {
    name: 'first of many by a copy',
    pays: 'filter-first',
    args: `${ROWS}, ['k1', 'k2', 'k3', 'k4']`,
    module: `export function hot(@list, order) {
  @extra
  const ranks = [];
  for (const @item of @list.slice(0, 30)) {
    if (order.includes(@item.@key)) ranks.push(@item.size);
  }
  const found = @list.filter((@item) => @item.size === 3)[0];
  return [ranks, found.name];
}
`,
  },
  {
    name: 'what usually pays pays',
    pays: 'concat-in-loop',
    args: ROWS,
    module: `export function hot(@list) {
  @extra
  let out = [];
  for (const @item of @list) out = out.concat([@item.size]);
  return out;
}
`,
  },
];

const NAMES = [
  { list: 'invoices', item: 'invoice', key: 'customer', extra: "if (!Array.isArray(invoices)) throw new TypeError('invoices');" },
  {
    list: 'readings',
    item: 'reading',
    key: 'sensor',
    extra: 'let total = 0;\n  for (const reading of readings) total += reading.size;\n  if (total < 0) return null;',
  },
  {
    list: 'parcels',
    item: 'parcel',
    key: 'depot',
    extra: "const began = parcels.length;\n  if (began > 1e6) throw new RangeError('too many');",
  },
];

/** The module and its arguments in one of three repositories: other names, other lines around it. */
export function member({ module, args }: Family, which: 0 | 1 | 2): { source: string; args: string } {
  const names = NAMES[which] ?? NAMES[0];
  const fill = (text: string): string =>
    text.replace(/@(list|item|key|extra)/g, (_, slot: 'list' | 'item' | 'key' | 'extra') => names?.[slot] ?? '');
  return { source: fill(module), args: fill(args) };
}
