import { clopperPearson } from '@codeoptima/statistics';

/** `3 of 60 = 5.0 % (1.0 to 13.9 %)`, with the exact 95 % interval of Clopper and Pearson. */
export function shareText(hits: number, total: number): string {
  if (total === 0) return 'none';
  const { share, lower, upper } = clopperPearson(hits, total);
  return `${hits} of ${total} = ${(100 * share).toFixed(1)} % (${(100 * lower).toFixed(1)} to ${(100 * upper).toFixed(1)} %)`;
}

/** Cells as a line of a table. */
export const line = (...cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|')).join(' | ')} |`;

/** Heading of a table. */
export const heading = (...cells: readonly string[]): string => `${line(...cells)}\n|${'---|'.repeat(cells.length)}`;
