import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Script } from 'node:vm';
import type { VerifyResult } from '@codeoptima/contracts';
import { applyPatch } from '@codeoptima/scm';
import { seeded } from '../retrieval/render.ts';

const ROUNDS = 15;
const BLOCK_MS = 6;
const TARGET_PCT = 5;
const RESAMPLES = 2_000;

type Hot = (...args: unknown[]) => unknown;

const compile = (source: string): Hot =>
  new Script(`(() => {${source.replace(/^export /gm, '')}\nreturn hot;})()`).runInThisContext() as Hot;

/** CPU milliseconds of one call. */
function block(hot: Hot, args: unknown[], calls: number): number {
  const start = process.cpuUsage();
  for (let call = 0; call < calls; call++) hot(...args);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000 / calls;
}

/**
 * Stands in for the whole ladder of the verifier, which takes a minute for each candidate: equal results on the workload, and the lower bound
 * of the median gain over interleaved rounds (bootstrap, 97.5 %) against the target.
 */
export async function judge(
  dir: string,
  file: string,
  source: string,
  patch: string,
  args_text: string,
  seed: number,
): Promise<VerifyResult> {
  const tree = mkdtempSync(join(dir, 'judged-'));
  writeFileSync(join(tree, file), source);
  await applyPatch(tree, patch, {});
  const changed = readFileSync(join(tree, file), 'utf8');
  const args = new Script(`[${args_text}]`).runInThisContext() as unknown[];
  const [old, fresh] = [compile(source), compile(changed)];
  const result = (
    verdict: VerifyResult['verdict'],
    reason: string,
    estimate_pct: number | null,
    provable_pct: number | null,
  ): VerifyResult => ({
    verdict,
    reason,
    checks: [],
    estimate_pct,
    provable_pct,
    evidence: `sha256:${'0'.repeat(64)}`,
  });
  if (!isDeepStrictEqual(old(...args), fresh(...args)))
    return result('behaviour_differs', 'The results differ on the workload.', null, null);
  const gains = gainsOf(old, fresh, args);
  const random = seeded(seed);
  const medians = Array.from({ length: RESAMPLES }, () => median(gains.map(() => gains[Math.floor(random() * gains.length)] ?? 0))).sort(
    (a, b) => a - b,
  );
  const [estimate, low] = [median(gains), medians[Math.floor(RESAMPLES * 0.025)] ?? 0];
  return low >= TARGET_PCT
    ? result('certified', `At least ${low.toFixed(1)} % faster.`, estimate, low)
    : result('not_proven', `A gain of ${TARGET_PCT} % is not proved; the lower bound is ${low.toFixed(1)} %.`, estimate, null);
}

/** Percent of the old time that is saved, round by round. */
function gainsOf(old: Hot, fresh: Hot, args: unknown[]): number[] {
  let calls = 1;
  while (block(old, args, calls) * calls < BLOCK_MS && calls < 1e6) calls *= 2;
  for (let warm = 0; warm < 3; warm++) for (const hot of [old, fresh]) block(hot, args, calls);
  return Array.from({ length: ROUNDS }, (_, round) => {
    const first = round % 2 === 0;
    const a = block(first ? old : fresh, args, calls);
    const b = block(first ? fresh : old, args, calls);
    return 100 * (1 - (first ? b / a : a / b));
  });
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
