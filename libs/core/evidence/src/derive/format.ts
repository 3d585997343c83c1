/** Percent with a digit only below 10: `4.2 %`, `31 %`. */
export const percent = (value: number): string => `${Math.abs(value) < 10 ? value.toFixed(1) : value.toFixed(0)} %`;

/**
 * A proved lower bound, rounded down, since rounding up would claim more than was proved.
 */
export function provedPercent(value: number): string {
  return Math.abs(value) < 10 ? `${(Math.floor(value * 10) / 10).toFixed(1)} %` : `${Math.floor(value)} %`;
}

const TIME_UNITS: readonly [number, string][] = [
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
  [1, 'ns'],
];

/** Nanoseconds in the unit that suits, three significant digits: `1.23 ms`. */
export function nanoseconds(value: number): string {
  if (value === 0) return '0';
  const [divisor, unit] = TIME_UNITS.find(([size]) => value >= size) ?? [1, 'ns'];
  return `${significant(value / divisor)} ${unit}`;
}

const BYTE_UNITS: readonly [number, string][] = [
  [2 ** 30, 'GiB'],
  [2 ** 20, 'MiB'],
  [2 ** 10, 'KiB'],
  [1, 'B'],
];

export function bytes(value: number): string {
  const [divisor, unit] = BYTE_UNITS.find(([size]) => value >= size) ?? [1, 'B'];
  return `${significant(value / divisor)} ${unit}`;
}

/** Three significant digits, never in exponent form for numbers that people read. */
export const significant = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);

/** A p value the way papers print it. */
export const pValue = (value: number): string => (value < 0.0001 ? '< 0.0001' : value.toPrecision(2));

/** Wall time in milliseconds for people: `0.4 s`, `12 s`, `3 min 05 s`. */
export function milliseconds(value: number): string {
  if (value < 1000) return `${Math.round(value)} ms`;
  if (value < 60_000) return `${(value / 1000).toFixed(value < 10_000 ? 1 : 0)} s`;
  const seconds = Math.round(value / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** Large counts with thin separators: `1 234 567`. */
export const count = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/gu, '\u2009');

/** A text that is only shown in part; all of it stands in evidence.json. */
export const shorten = (text: string, length: number): string => (text.length <= length ? text : `${text.slice(0, length - 1).trimEnd()}…`);

const VERDICTS: Record<string, string> = {
  certified: 'certified',
  not_proven: 'no gain proved',
  behaviour_differs: 'behaviour differs',
  tests_regressed: 'tests regressed',
  refused: 'refused',
  cannot_certify_here: 'cannot be certified on this machine',
  nondeterministic: 'not deterministic',
};

export const verdictName = (verdict: string): string => VERDICTS[verdict] ?? verdict.replaceAll('_', ' ');

/** User and password of a URL are never printed. */
export const withoutCredentials = (repository: string): string => repository.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/iu, '$1');
