import { plural } from '@codeoptima/contracts';
import { bytes, percent, shorten, withoutCredentials } from '../../derive/format.ts';
import { gainSentence, runHeadline } from '../../derive/headline.ts';
import type { RunEvidence } from '../../schema/run.ts';
import { shareBar } from '../charts/bars.ts';
import { type Html, html, NOTHING } from '../html.ts';
import { list } from './checks.ts';

/** Head of the report: the one figure, and the facts it rests on. */
export function masthead(run: RunEvidence): Html {
  const { tests, machine } = run;
  const name = withoutCredentials(run.repository).replace(/\/+$/u, '').split('/').at(-1) ?? '';
  return html`<header><p class="kicker">Code Optima · ${run.kind === 'verify' ? 'judgement of a change' : html`evidence of run <code>${run.run_id}</code>`}</p>
    <h1>${headline(run)}</h1><p class="lede">${lede(run)}</p>
    <dl class="facts">
      <div><dt>Repository</dt><dd>${name}<br><span class="note">${withoutCredentials(run.repository)}</span></dd></div>
      <div><dt>Base</dt><dd><code>${run.base_commit.slice(0, 12)}</code>${run.base_branch === null ? '' : ` on ${run.base_branch}`}</dd></div>
      ${run.kind === 'verify' ? html`<div><dt>Target</dt><dd>at least ${run.target_pct} % faster</dd></div>` : html`<div><dt>Branch to review</dt><dd>${run.branch === null ? 'none' : html`<code>${run.branch}</code>`}</dd></div>`}
      <div><dt>Tests</dt><dd>${tests === null ? 'none found' : `${tests.passed} of ${tests.total} pass, ${tests.gate_size} guard every change`}</dd></div>
      ${run.kind === 'verify' ? NOTHING : html`<div><dt>Candidates</dt><dd>${run.accepted.length + run.rejected.length} tried, ${run.accepted.length} accepted</dd></div>`}
      <div><dt>Measured on</dt><dd>${machine.cpu_model}, ${plural(machine.cores, 'core')}, Node ${machine.node_version.replace(/^v/u, '')}</dd></div>
    </dl>${contents(run)}</header>`;
}

/** The reason in a sentence; where a counterexample follows, that shows the rest. */
function lede(run: RunEvidence): string {
  const difference = run.kind === 'verify' ? run.rejected[0]?.behaviour?.difference : undefined;
  return difference ? `${difference.function} behaves in another way.` : shorten(run.reason, LEDE_LENGTH);
}

const LEDE_LENGTH = 400;

/** The estimate stands back behind what was proved. */
function headline(run: RunEvidence): Html {
  const [, proved = '', estimate = ''] = /^(.*?)( \(estimate .*\))?$/u.exec(capital(runHeadline(run))) ?? [];
  return html`${proved.replaceAll(' %', '\u00a0%')}<small>${estimate}</small>`;
}

function contents(run: RunEvidence): Html {
  if (run.accepted.length < 2) return NOTHING;
  return html`<ul class="contents">${run.accepted.map(
    (change, index) => html`<li><a href="#change-${index + 1}">${change.candidate.title}</a><b>${gainSentence(change)}</b></li>`,
  )}</ul>`;
}

/** Where the time went before any change. */
export function hotspotSection(run: RunEvidence): Html {
  if (run.hotspots.length === 0)
    return html`<h2>Hot spots</h2><p class="muted">No function of this repository stood out in the profile.</p>`;
  const workload = (id: string): string => run.workloads.find((known) => known.id === id)?.name ?? id;
  return html`<h2>Hot spots</h2><p class="muted">Where the time went before any change: light is the whole call, strong the function's own part.</p>
    <div class="card scroll-card"><div class="scroll"><table><thead><tr><th>Function</th><th style="width:28%">Share of the profile</th><th class="num">Total</th><th class="num">Own</th><th>Hottest in</th></tr></thead><tbody>
    ${run.hotspots.slice(0, 20).map(
      (
        hot,
      ) => html`<tr><td><code>${hot.symbol}</code><br><span class="note">${hot.file}:${hot.start_line}</span></td><td>${shareBar(hot.inclusive_share, hot.self_share)}</td>
      <td class="num">${percent(hot.inclusive_share * 100)}</td><td class="num">${percent(hot.self_share * 100)}</td><td>${workload(hot.workload_id)}</td></tr>`,
    )}</tbody></table></div>${run.hotspots.length > 20 ? html`<p class="note">and ${run.hotspots.length - 20} more in evidence.json</p>` : NOTHING}</div>`;
}

/** The tests before any change, and which of them guard nothing. */
export function testsSection(run: RunEvidence): Html {
  const { tests } = run;
  if (tests === null) return NOTHING;
  const out = tests.failing.length + tests.flaky.length;
  return html`<h2>Tests before any change</h2><p>${tests.passed} of ${plural(tests.total, 'test')} passed in ${plural(tests.runs, 'run')}. ${tests.gate_size} must still pass after a change${out === 0 ? '; none had to be taken out.' : '.'}</p>
    ${tests.failing.length === 0 ? NOTHING : html`<h3>Failing already, so they guard nothing</h3>${list(tests.failing)}`}
    ${tests.flaky.length === 0 ? NOTHING : html`<h3>Flaky, so they guard nothing</h3>${list(tests.flaky)}`}`;
}

export function machineSection(run: RunEvidence): Html {
  const { machine, toolchain } = run;
  const virtual = machine.virtualised === null ? 'unknown' : machine.virtualised ? 'yes' : 'no';
  const flags = Object.entries(machine.flags).map(([mode, list]) => `${mode}: ${list.join(' ') || 'none'}`);
  const facts: [string, string][] = [
    ['Processor', `${machine.cpu_model}, ${plural(machine.cores, 'core')}`],
    ['Memory', bytes(machine.memory_bytes)],
    ['Virtual machine', virtual],
    ['Load when written', machine.load_1m.toFixed(2)],
    ['System', `${machine.platform}, ${machine.kernel}`],
    ['Node of the measured code', machine.node_version],
    ...(flags.length === 0 ? [] : [['Flags', flags.join('; ')] as [string, string]]),
    ...(toolchain === null
      ? []
      : ([
          ['Package manager', `${toolchain.package_manager.name} ${toolchain.package_manager.version ?? ''}`.trim()],
          ['Test command', `${toolchain.test_command} (${toolchain.framework})`],
        ] as [string, string][])),
    ...(run.kind === 'verify'
      ? []
      : [
          ['Cost', `$${run.cost.usd.toFixed(2)}, ${run.cost.ci_minutes.toFixed(1)} minutes of build, test and measurement`] as [
            string,
            string,
          ],
        ]),
  ];
  return html`<h2>Machine and tools</h2><dl class="facts">${facts.map(([term, text]) => html`<div><dt>${term}</dt><dd>${text}</dd></div>`)}</dl>
    ${run.notes.length === 0 ? NOTHING : html`<h3>Notes</h3><ul class="plain">${run.notes.map((note) => html`<li>${note}</li>`)}</ul>`}`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
