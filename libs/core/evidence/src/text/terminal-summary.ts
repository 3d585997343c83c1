import { plural } from '@codeoptima/contracts';
import { allFigures, targetOf } from '../derive/figures.ts';
import { milliseconds, shorten, verdictName, withoutCredentials } from '../derive/format.ts';
import { gainSentence, runHeadline } from '../derive/headline.ts';
import type { CandidateEvidence } from '../schema/candidate.ts';
import type { RunEvidence } from '../schema/run.ts';

/** What only the caller knows about the end of the run. */
export interface SummaryFacts {
  state: string;
  reason: string;
  /** Paths on this machine. */
  report: { html: string; evidence: string };
  duration_s: number;
}

/** What `codeoptima run` prints at the end: plain text, at most a screen. Control characters are left to the caller to strip. */
export function terminalSummary(run: RunEvidence, facts: SummaryFacts): string {
  const lines = [capital(runHeadline(run)), ''];
  for (const [index, change] of run.accepted.entries()) lines.push(...changeLines(change, index + 1, facts), '');
  lines.push(...rejectedLines(run), ...outcomeLines(run, facts));
  return lines.join('\n').trimEnd();
}

function changeLines(change: CandidateEvidence, position: number, facts: SummaryFacts): string[] {
  const { candidate } = change;
  const target = targetOf(change)?.measurement;
  const by = candidate.rule === null ? candidate.source : `rule ${candidate.rule}`;
  const on = target === undefined ? '' : `, on "${target.name}" (${target.source}), ${plural(target.pairs.length, 'pair')}`;
  return [
    `${position}. ${candidate.title}`,
    row('slow', firstSentences(candidate.explanation)),
    row('changed', `${candidate.symbol} in ${candidate.file}, ${plural(candidate.changed_lines, 'line')}, by ${by}`),
    row('gain', `${gainSentence(change)}${on}`),
    row('checks', checkList(change)),
    ...(change.reproduce === null ? [] : [row('figure', runnable(change.reproduce, facts.report.evidence))]),
  ];
}

function checkList(change: CandidateEvidence): string {
  const passed = change.checks.filter(({ outcome }) => outcome === 'passed').map(({ name }) => name);
  const warned = change.checks.filter(({ outcome }) => outcome === 'warning').map(({ name }) => name);
  const skipped = change.checks.filter(({ outcome }) => outcome === 'skipped').map(({ name }) => name);
  const parts = [`passed ${passed.join(', ') || 'none'}`];
  if (warned.length > 0) parts.push(`look at ${warned.join(', ')}`);
  if (skipped.length > 0) parts.push(`skipped ${skipped.join(', ')}`);
  return parts.join('; ');
}

const REJECTED_SHOWN = 12;

function rejectedLines(run: RunEvidence): string[] {
  if (run.rejected.length === 0) return run.accepted.length === 0 ? [`No candidate was found. ${run.reason}`, ''] : [];
  const shown = run.rejected.slice(0, REJECTED_SHOWN).map((evidence) => {
    const { candidate } = evidence;
    const measured = allFigures(evidence).length === 0 ? '' : measuredNote(evidence);
    return `  ✗ ${candidate.rule ?? candidate.source} in ${candidate.symbol} (${candidate.file}): ${verdictName(evidence.verdict)}: ${shorten(evidence.reason, 220)}${measured}`;
  });
  const more = run.rejected.length - shown.length;
  return ['Tried and not taken:', ...shown, ...(more > 0 ? [`  … and ${more} more in the report`] : []), ''];
}

function measuredNote(evidence: CandidateEvidence): string {
  const estimate = targetOf(evidence)?.measurement.estimate_pct;
  if (estimate === undefined || estimate === null) return '';
  return ` [estimate ${estimate >= 0 ? `${estimate.toFixed(1)} % faster` : `${(-estimate).toFixed(1)} % slower`}]`;
}

function outcomeLines(run: RunEvidence, facts: SummaryFacts): string[] {
  const tests = run.tests;
  return [
    row('state', `${facts.state.replaceAll('_', ' ')} (${facts.reason.replace(/\.$/u, '')})`),
    ...(tests === null ? [] : [row('tests', `${tests.passed} of ${tests.total} pass, ${tests.gate_size} guard every change`)]),
    ...branchLines(run),
    row('report', facts.report.html),
    row('took', `${milliseconds(facts.duration_s * 1000)}, $${run.cost.usd.toFixed(2)}`),
    ...(facts.state === 'awaiting_signoff'
      ? [row('next', `codeoptima approve ${run.run_id} [--merge]   or   codeoptima reject ${run.run_id} --reason "…"`)]
      : []),
  ];
}

function branchLines(run: RunEvidence): string[] {
  if (run.branch === null) return [];
  const where = run.branch_location ?? run.repository;
  const lines = [row('branch', `${run.branch} in ${withoutCredentials(where)}`)];
  // The branch of a URL lies in a mirror of ours: it is the user who may push it.
  if (where !== run.repository) lines.push(row('push', `git -C ${where} push ${withoutCredentials(run.repository)} ${run.branch}`));
  return lines;
}

const row = (name: string, text: string): string => `   ${name.padEnd(8)} ${text}`;
/** What it was and why: two sentences. */
const firstSentences = (text: string): string =>
  shorten(/^(?:.*?[.!?](?=\s|$)){1,2}/su.exec(text)?.[0].replaceAll('\n', ' ') ?? text.split('\n')[0] ?? '', 320);

/** The command of the evidence names evidence.json; here its place is known. */
const runnable = (command: string, path: string): string =>
  command.replace(/(?<=\s)evidence\.json(?=\s|$)/u, () => (/\s/u.test(path) ? `'${path.replaceAll("'", "'\\''")}'` : path));
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
