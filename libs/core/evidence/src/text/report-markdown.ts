import { plural } from '@codeoptima/contracts';
import { percent, verdictName, withoutCredentials } from '../derive/format.ts';
import { runHeadline } from '../derive/headline.ts';
import type { CandidateEvidence } from '../schema/candidate.ts';
import type { RunEvidence } from '../schema/run.ts';
import { block, code, plain, table } from './markdown.ts';
import { pullRequest } from './pull-request.ts';

/** report.md: the same facts as report.html, for a terminal or a ticket. */
export function reportMarkdown(run: RunEvidence): string {
  const sections = [
    `# ${capital(runHeadline(run))}`,
    plain(run.reason),
    facts(run),
    ...run.accepted.map((change) => accepted(change, run)),
    rejected(run),
    hotspots(run),
    tests(run),
    notes(run),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function facts(run: RunEvidence): string {
  const { machine } = run;
  return table(
    ['', ''],
    [],
    [
      ['Repository', code(withoutCredentials(run.repository))],
      ['Base', `${code(run.base_commit)}${run.base_branch === null ? '' : ` on ${code(run.base_branch)}`}`],
      ['Branch to review', run.branch === null ? 'none' : code(run.branch)],
      ['Run', code(run.run_id)],
      [
        'Machine',
        `${plain(machine.cpu_model)}, ${plural(machine.cores, 'core')}, ${plain(machine.platform)} ${plain(machine.kernel)}, Node ${plain(machine.node_version)}`,
      ],
      ['Cost', `$${run.cost.usd.toFixed(2)}, ${run.cost.ci_minutes.toFixed(1)} minutes of build, test and measurement`],
    ],
  );
}

/** The pull-request text one level deeper, with the diff and the checks. */
function accepted(change: CandidateEvidence, run: RunEvidence): string {
  const { title, body } = pullRequest(change, run);
  return [`# ${plain(title)}`, body.trimEnd(), '## Diff', block(change.patch, 'diff'), '## Checks', checks(change)].join('\n\n');
}

const checks = ({ checks }: CandidateEvidence): string =>
  checks.length === 0
    ? 'None recorded.'
    : checks.map(({ name, outcome, detail }) => `- ${plain(name.replaceAll('_', ' '))}: **${outcome}**, ${plain(detail)}`).join('\n');

function rejected(run: RunEvidence): string {
  if (run.rejected.length === 0) return run.accepted.length === 0 ? '# Candidates\n\nNone was found.' : '';
  const rows = run.rejected.map(({ candidate, verdict, reason }) => [
    code(candidate.symbol),
    code(candidate.file),
    candidate.rule === null ? candidate.source : code(candidate.rule),
    verdictName(verdict),
    plain(reason),
  ]);
  return `# Tried and not taken\n\n${table(['Function', 'File', 'By', 'Verdict', 'Why'], [], rows)}`;
}

function hotspots(run: RunEvidence): string {
  if (run.hotspots.length === 0) return '';
  const rows = run.hotspots.map((hot) => [
    code(hot.symbol),
    code(`${hot.file}:${hot.start_line}`),
    percent(hot.inclusive_share * 100),
    percent(hot.self_share * 100),
    plain(hot.reasons.join('; ')),
  ]);
  return `# Hot spots before any change\n\n${table(['Function', 'Where', 'Total', 'Own', 'Why'], [2, 3], rows)}`;
}

function tests({ tests }: RunEvidence): string {
  if (tests === null) return '';
  const lines = [`${tests.passed} of ${tests.total} passed in ${plural(tests.runs, 'run')}; ${tests.gate_size} guard every change.`];
  if (tests.failing.length > 0) lines.push(`Failing already: ${tests.failing.map(code).join(', ')}.`);
  if (tests.flaky.length > 0) lines.push(`Flaky: ${tests.flaky.map(code).join(', ')}.`);
  return `# Tests before any change\n\n${lines.join('\n\n')}`;
}

const notes = (run: RunEvidence): string =>
  run.notes.length === 0 ? '' : `# Notes\n\n${run.notes.map((note) => `- ${plain(note)}`).join('\n')}`;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
