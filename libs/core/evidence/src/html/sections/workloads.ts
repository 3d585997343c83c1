import { allFigures, type WorkloadFigures } from '../../derive/figures.ts';
import { bytes, count, nanoseconds, percent, pValue, significant } from '../../derive/format.ts';
import type { CandidateEvidence } from '../../schema/candidate.ts';
import { type Html, html, NOTHING } from '../html.ts';

const ROLES: Record<string, string> = {
  target: 'the claim',
  size_ladder: 'another size',
  confirmation: 'confirmation, fresh pairs',
  neutral: 'must not get slower',
  control: 'identical code in both arms',
  quick_trial: 'quick trial',
};

/** Every measured workload as a row: before, after, ratio with its 99 % interval, pairs, p. */
export function workloadTable(evidence: CandidateEvidence): Html {
  const rows = allFigures(evidence);
  if (rows.length === 0) return html`<p class="note">Nothing was measured: the candidate fell before the stopwatch.</p>`;
  return html`<div class="scroll"><table><thead><tr><th>Workload</th><th class="num">Size</th><th class="num">Before</th><th class="num">After</th>
    <th class="num">Ratio</th><th class="num">99 % interval</th><th class="num">Pairs</th><th class="num">p</th></tr></thead>
    <tbody>${rows.map(row)}</tbody></table></div>
    <p class="note">Time per operation, medians over pairs. Ratio is old time over new time: above 1 is faster. Stabilised rows are CPU time with
    the flags below, production rows wall time without flags. The control row measures the same code twice: it should stay at 1.</p>`;
}

function row({ measurement, base_ns, candidate_ns, ratio, ratio_interval }: WorkloadFigures): Html {
  const { name, role, source, mode, size, pairs, p_value } = measurement;
  return html`<tr class="${role}"><td>${name}<br><span class="note">${ROLES[role] ?? role} · ${mode} · ${source}</span></td>
    <td class="num">${size === null ? '–' : count(size)}</td><td class="num">${nanoseconds(base_ns)}</td><td class="num">${nanoseconds(candidate_ns)}</td>
    <td class="num">${significant(ratio)}</td>
    <td class="num">${ratio_interval === null ? '–' : `${significant(ratio_interval[0])} – ${significant(ratio_interval[1])}`}</td>
    <td class="num">${pairs.length}</td><td class="num">${p_value === null ? '–' : pValue(p_value)}</td></tr>`;
}

/** What the change costs elsewhere, and what a second witness says. */
export function otherFigures(evidence: CandidateEvidence): Html {
  const { measurement } = evidence;
  if (measurement === null) return NOTHING;
  const items = [
    ...measurement.memory.map(
      ({ metric, base_bytes, candidate_bytes }) =>
        html`<li>${metric}: ${bytes(base_bytes)} before, ${bytes(candidate_bytes)} after (${signed((candidate_bytes / base_bytes - 1) * 100)})</li>`,
    ),
    ...measurement.callgrind.map(
      ({ base_per_op, candidate_per_op, agrees }) =>
        html`<li>Instructions per operation: ${count(base_per_op)} before, ${count(candidate_per_op)} after (${signed((candidate_per_op / base_per_op - 1) * 100)})${agrees === false ? ', which disagrees with the time: look closer' : ''}</li>`,
    ),
    ...(measurement.growth === null
      ? []
      : [
          html`<li>Growth with size: ${measurement.growth.text === null ? '' : `${measurement.growth.text}, `}exponent ${significant(measurement.growth.base_exponent)} before, ${significant(measurement.growth.candidate_exponent)} after (1 is linear, 2 quadratic)</li>`,
        ]),
  ];
  return html`<h3>What else changed</h3>${items.length === 0 ? html`<p class="note">Memory, instructions and growth were not compared.</p>` : html`<ul class="plain">${items}</ul>`}`;
}

const signed = (pct: number): string => (Number.isFinite(pct) ? `${pct > 0 ? '+' : ''}${percent(pct)}` : 'new');
