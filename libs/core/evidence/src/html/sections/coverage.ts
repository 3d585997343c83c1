import { plural } from '@codeoptima/contracts';
import { count } from '../../derive/format.ts';
import type { CandidateEvidence } from '../../schema/candidate.ts';
import { sizeChart } from '../charts/sizes.ts';
import { type Html, html, NOTHING, prose } from '../html.ts';
import { isUnreached, list } from './checks.ts';

/** What the guards found in the text of the change, with the place. */
export function findingsSection({ findings, surface }: CandidateEvidence): Html {
  if (findings.length + surface.length === 0) return NOTHING;
  const rows = findings.map(
    ({ guard, severity, file, line, message }) =>
      html`<li><span class="pill ${severity === 'refused' ? 'bad' : 'warn'}">${severity === 'refused' ? 'refused' : 'needs a person'}</span> <code>${file}:${line}</code> ${prose(message)} <span class="note">${guard}</span></li>`,
  );
  return html`<div class="card"><h3>Found in the text of the change</h3>${rows.length === 0 ? NOTHING : html`<ul class="findings">${rows}</ul>`}
    ${surface.length === 0 ? NOTHING : html`<p class="note">Differences that others can see:</p>${list(surface)}`}</div>`;
}

/** Calls by size, over all changed functions; null when none was recorded. */
export function sizesOf({ behaviour }: CandidateEvidence): ReadonlyMap<number, number> | null {
  const sum = new Map<number, number>();
  for (const { sizes } of behaviour?.functions ?? [])
    for (const [bucket, calls] of Object.entries(sizes)) sum.set(Number(bucket), (sum.get(Number(bucket)) ?? 0) + calls);
  return sum.size === 0 ? null : sum;
}

/** Which sizes occur: a gain at others is worth nothing. */
export function sizesCard(evidence: CandidateEvidence): Html {
  const sizes = sizesOf(evidence);
  if (sizes === null) return NOTHING;
  const said = evidence.measurement?.growth?.sizes ?? null;
  const calls = [...sizes.values()].reduce((sum, value) => sum + value, 0);
  return html`<div class="card"><h3>Sizes that occur</h3>${sizeChart(sizes)}
    <p class="note">${count(calls)} ${calls === 1 ? 'call' : 'calls'} of the changed functions, recorded while tests and workloads ran; heights are logarithmic.${said === null ? '' : ` By size: ${said}.`}</p></div>`;
}

/** Everything that no rung looked at, in one place. */
export function notCovered(evidence: CandidateEvidence): string[] {
  const { behaviour, checks, not_covered } = evidence;
  const lost = (behaviour?.functions ?? []).flatMap(({ name, not_carried }) =>
    Object.entries(not_carried).map(([reason, calls]) => `${plural(calls, 'call')} of ${name} could not be repeated: ${reason}`),
  );
  const skipped = checks.filter(({ outcome }) => outcome === 'skipped');
  const unreached = skipped.filter(isUnreached).map(({ name }) => name);
  return [
    ...not_covered,
    ...(behaviour?.uncovered ?? []),
    ...lost,
    ...skipped.filter((check) => !isUnreached(check)).map(({ name, detail }) => `${name}: ${detail}`),
    ...(unreached.length === 0 ? [] : [`not reached, since the ladder ended before: ${unreached.join(', ')}`]),
  ];
}

export function coverageCard(evidence: CandidateEvidence): Html {
  const gaps = notCovered(evidence);
  return html`<div class="card"><h3>What was not covered</h3>${
    gaps.length === 0 ? html`<p class="note">Every rung was climbed, and every recorded call could be repeated.</p>` : list(gaps)
  }</div>`;
}
