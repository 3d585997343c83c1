import type { Candidate } from '@codeoptima/contracts';

const LENGTH_MAX = 60;

/** `codeoptima/<slug>` from the title of the first change: `perf(orders): index lines once` gives `codeoptima/orders-index-lines-once`. */
export function branchName(changes: readonly Pick<Candidate, 'title'>[]): string {
  const [first, ...more] = changes;
  const words = (first?.title ?? '')
    .replace(/^perf/iu, '')
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, '-');
  const slug = words.replace(/^-+/u, '').slice(0, LENGTH_MAX).replace(/-+$/u, '') || 'faster';
  return `codeoptima/${slug}${more.length === 0 ? '' : `-and-${more.length}-more`}`;
}
