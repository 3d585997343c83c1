/** The table of writers beside a searcher. */
import type { Line } from './report.ts';

const BESIDE: Readonly<Record<string, string>> = {
  alone: 'alone',
  computing: 'beside a thread that only computes',
  searching: 'beside a searcher',
  writing: 'beside a writer',
  written: 'alone, the other half written just before',
};

const spread = (line: Line, name: string, digits: number): string => {
  const [median, low, high] = [name, `${name}_low`, `${name}_high`].map((field) => Number(line[field]).toFixed(digits));
  return `${median} (${low}-${high})`;
};

const cells = (line: Line): string[] => [
  `${line['doing'] === 'write' ? 'vectors written' : 'searches'}, ${BESIDE[String(line['beside'])]}`,
  spread(line, 'rate', 0),
  line['beside'] === 'alone' ? '1' : spread(line, 'ratio', 2),
  line['beside'] === 'alone' ? '1' : spread(line, 'cpu_ratio', 2),
  `${Number(line['p50_ms']).toFixed(2)} / ${Number(line['p99_ms']).toFixed(2)}`,
];

export const BESIDE_HEAD: readonly string[] = [
  '',
  'per second by the clock',
  'of that alone',
  'per CPU second of its thread, of that alone',
  'P50 / P99 ms',
];

/** What was measured on what, in a sentence; empty when it was not. */
export function besideSentence(lines: readonly Line[]): string {
  const setting = lines.find((line) => line.what === 'beside_setting');
  if (setting === undefined) return '';
  const load = lines.find((line) => line.what === 'machine')?.['load'];
  return `A writer and a searcher on ${setting['cores']} core${setting['cores'] === 1 ? '' : 's'}: ${setting['written']} vectors written beside ${setting['held']} held, in synced batches of 256; medians (lowest-highest) of ${setting['rounds']} rounds, at a load of ${Number(load).toFixed(1)}.`;
}

export const besideRows = (lines: readonly Line[]): string[][] => lines.filter((line) => line.what === 'beside').map(cells);
