import { type HotSpot, plural } from '@codeoptima/contracts';
import { allFigures, gainOf, productionOf, targetOf } from '../../derive/figures.ts';
import { percent, significant, verdictName } from '../../derive/format.ts';
import { gainSentence } from '../../derive/headline.ts';
import type { CandidateEvidence } from '../../schema/candidate.ts';
import type { RunEvidence } from '../../schema/run.ts';
import { shareBar } from '../charts/bars.ts';
import { distributionChart } from '../charts/distribution.ts';
import { ladderChart, ladderPoints } from '../charts/ladder.ts';
import { pairChart } from '../charts/pairs.ts';
import { diffHtml } from '../diff.ts';
import { type Html, html, NOTHING, prose } from '../html.ts';
import { behaviourSection, checkList, differenceCard, testSection } from './checks.ts';
import { coverageCard, findingsSection, sizesCard } from './coverage.ts';
import { otherFigures, workloadTable } from './workloads.ts';

/** Everything about one accepted change, in the order a reviewer reads. */
export function changeSection(change: CandidateEvidence, run: RunEvidence, position: number): Html {
  const { candidate } = change;
  return html`<article class="change" id="change-${position}"><header>
      <p class="kicker">${run.accepted.length === 1 ? 'The change' : `Change ${position} of ${run.accepted.length}`} · <code>${candidate.file}</code> · ${candidate.rule === null ? `by ${candidate.source}` : `rule ${candidate.rule}`}</p>
      <h2>${candidate.title}</h2>${run.accepted.length === 1 ? NOTHING : html`<p class="gain">${capital(gainSentence(change))}</p>`}${interval(change)}</header>
    ${candidate.source === 'person' ? NOTHING : reasonWhy(change, run.hotspots)}
    ${diffHtml(change.patch)}
    ${candidate.source === 'person' ? NOTHING : html`<p class="note">Risk: ${prose(candidate.risk)} ${safetyNote(candidate.safety)}</p>`}
    ${findingsSection(change)}${proofs(change, run.target_pct)}
    ${reproduction(change)}</article>`;
}

/** Each rung as a person would want to check it: the pairs, the sizes, the figures, the checks, and what none looked at. */
const proofs = (change: CandidateEvidence, target_pct: number): Html => html`${charts(change, target_pct)}${sizesCard(change)}
    <div class="card"><h3>Measurements</h3>${workloadTable(change)}${otherFigures(change)}</div>
    <div class="card"><h3>Checks</h3>${checkList(change.checks)}${testSection(change.tests)}${behaviourSection(change.behaviour)}</div>
    ${coverageCard(change)}`;

/** The one change that was given for judgement and not certified, laid open. */
export function judgedSection(change: CandidateEvidence, run: RunEvidence): Html {
  const { candidate } = change;
  return html`<article class="change"><header><p class="kicker">The change · <code>${candidate.file}</code> · by ${candidate.source}</p>
      <h2>${candidate.title}</h2>${interval(change)}</header>
    ${differenceCard(change.behaviour)}${findingsSection(change)}${diffHtml(change.patch)}${proofs(change, run.target_pct)}</article>`;
}

function interval(change: CandidateEvidence): Html {
  const target = targetOf(change);
  if (target === null) return NOTHING;
  const { interval_pct, pairs, name } = target.measurement;
  const between = interval_pct === null ? '' : `, 99 % interval ${percent(interval_pct[0])} to ${percent(interval_pct[1])}`;
  const production = productionOf(change);
  const plain =
    production === null
      ? ''
      : ` In production mode the ratio is ${significant(production.ratio)}, stabilised ${significant(target.ratio)}.`;
  return html`<p class="muted">Gain in percent of the old time, on “${name}”, over ${plural(pairs.length, 'pair')} of fresh processes${between}.${plain}</p>`;
}

function reasonWhy(change: CandidateEvidence, hotspots: readonly HotSpot[]): Html {
  const hot = hotspots.find(({ id }) => id === change.candidate.hotspot_id);
  return html`<h3>What was slow, and why</h3><p>${prose(change.candidate.explanation)}</p>
    ${
      hot === undefined
        ? NOTHING
        : html`<div style="max-width:420px">${shareBar(hot.inclusive_share, hot.self_share)}</div>
    <p class="note">Profile of <code>${hot.symbol}</code>: ${prose(hot.reasons.join('; '))}.</p>`
    }`;
}

const safetyNote = (safety: string): string =>
  ({
    safe: 'Equal for every input that the rule lets through.',
    guarded: 'The old path stays behind a check.',
    assumes: 'It rests on the stated assumption.',
  })[safety] ?? '';

/** Charts of the measurement that decides; none when nothing was measured. */
export function charts(change: CandidateEvidence, target_pct: number): Html {
  const target = targetOf(change);
  if (target === null) return NOTHING;
  const points = ladderPoints(allFigures(change));
  return html`<div class="card"><h3>Time per operation, each dot a fresh process</h3>${distributionChart(target.measurement)}</div>
    <div class="card"><h3>Gain of each pair</h3>${pairChart(target.measurement, target_pct, change.verdict === 'certified')}
    <p class="legend"><span>● old code ran first</span><span>○ new code ran first</span><span>the order is drawn by lot, so drift cannot favour one side</span></p></div>
    ${points.length < 2 ? NOTHING : html`<div class="card"><h3>Time by size${change.measurement?.growth?.text ? `: ${change.measurement.growth.text}` : ''}</h3>${ladderChart(points)}<p class="legend"><span>both axes logarithmic: a flatter line grows more slowly</span></p></div>`}`;
}

function reproduction(change: CandidateEvidence): Html {
  const flags = Object.entries(change.flags).map(([mode, list]) => html`<li>${mode}: <code>${list.join(' ') || 'none'}</code></li>`);
  const seeds = Object.entries(change.seeds).map(([purpose, seed]) => html`<li>seed ${purpose}: <code>${seed}</code></li>`);
  return html`<h3>Reproduce the figure</h3>${change.reproduce === null ? html`<p class="note">No command was recorded.</p>` : html`<pre>${change.reproduce}</pre>`}
    ${flags.length + seeds.length === 0 ? NOTHING : html`<ul class="plain note">${flags}${seeds}</ul>`}`;
}

/** A candidate that was tried and not taken; folded, since most readers want the reason only. */
export function rejectedSection(evidence: CandidateEvidence, run: RunEvidence): Html {
  const { candidate } = evidence;
  const estimate = gainOf(evidence).estimate_pct;
  const measured =
    estimate === null
      ? NOTHING
      : html` <span class="muted">Estimate ${estimate >= 0 ? `${percent(estimate)} faster` : `${percent(-estimate)} slower`}.</span>`;
  const css = ['behaviour_differs', 'tests_regressed', 'refused'].includes(evidence.verdict) ? 'bad' : 'warn';
  return html`<details><summary><div><b>${candidate.symbol}</b> <span class="muted">in <code>${candidate.file}</code>, ${candidate.rule === null ? candidate.source : `rule ${candidate.rule}`}</span>
    <br>${prose(evidence.reason)}${measured}</div><span class="pill ${css}">${verdictName(evidence.verdict)}</span></summary>
    <div class="inside"><p>${prose(candidate.explanation)}</p>${differenceCard(evidence.behaviour)}${findingsSection(evidence)}${diffHtml(evidence.patch)}${proofs(evidence, run.target_pct)}</div></details>`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
