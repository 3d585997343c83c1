import { plural } from '@codeoptima/contracts';
import { allFigures, productionOf, targetOf, type WorkloadFigures } from '../derive/figures.ts';
import { bytes, count, nanoseconds, pValue, shorten, significant, verdictName } from '../derive/format.ts';
import { gainSentence } from '../derive/headline.ts';
import type { CandidateEvidence } from '../schema/candidate.ts';
import type { RunEvidence } from '../schema/run.ts';
import { block, code, plain, prose, table } from './markdown.ts';

export interface PullRequest {
  /** `perf(scope): what`, one line. */
  title: string;
  /** Markdown, in the order a reviewer reads; also the body of the commit. */
  body: string;
}

/** The text a person signs: what was slow, the figures, what gets worse, how to repeat it, how behaviour was checked, the risk. */
export function pullRequest(change: CandidateEvidence, run: RunEvidence): PullRequest {
  const sections = [
    whatWasSlow(change, run),
    `## Measurements\n\n${measurementTable(change)}\n\n${gainNote(change, run)}`,
    `## What gets slower or bigger\n\n${costs(change)}`,
    `## Where it was measured\n\n${setting(change, run)}`,
    `## Reproduce\n\n${change.reproduce === null ? 'No command was recorded.' : block(change.reproduce, 'sh')}`,
    `## Behaviour\n\n${behaviour(change, run)}`,
    `## Risk\n\n${prose(change.candidate.risk)}`,
    `## Regression guard\n\n${guard(change)}`,
    ...alternatives(change, run),
    disclosure(change),
  ];
  return { title: plain(change.candidate.title).replaceAll('\\', ''), body: `${sections.join('\n\n')}\n` };
}

function whatWasSlow({ candidate }: CandidateEvidence, run: RunEvidence): string {
  const hot = run.hotspots.find(({ id }) => id === candidate.hotspot_id);
  const share =
    hot === undefined
      ? ''
      : `\n\nProfile of ${code(hot.symbol)} (${code(`${hot.file}:${hot.start_line}`)}): ${prose(hot.reasons.join('; '))}.`;
  return `## What was slow\n\n${prose(candidate.explanation)}${share}`;
}

const ROLES: Record<string, string> = {
  target: '**the claim**',
  size_ladder: 'another size',
  confirmation: 'fresh pairs',
  neutral: 'must not get slower',
  control: 'control: identical code',
};

/** The cheap first look proves nothing, so a reviewer is spared it. */
const proving = (change: CandidateEvidence): WorkloadFigures[] =>
  allFigures(change).filter(({ measurement }) => measurement.role !== 'quick_trial');

/** Workload, size, before, after, ratio with its interval, pairs, p: one row for each measured workload. */
export function measurementTable(change: CandidateEvidence): string {
  const rows = proving(change).map(({ measurement, base_ns, candidate_ns, ratio, ratio_interval }: WorkloadFigures) => [
    `${plain(measurement.name)} (${ROLES[measurement.role] ?? measurement.role}, ${measurement.mode}, ${measurement.source})`,
    measurement.size === null ? '–' : count(measurement.size),
    nanoseconds(base_ns),
    nanoseconds(candidate_ns),
    significant(ratio),
    ratio_interval === null ? '–' : `${significant(ratio_interval[0])} – ${significant(ratio_interval[1])}`,
    String(measurement.pairs.length),
    measurement.p_value === null ? '–' : pValue(measurement.p_value),
  ]);
  if (rows.length === 0) return 'Nothing was measured.';
  return table(['Workload', 'Size', 'Before', 'After', 'Ratio', '99 % interval', 'Pairs', 'p'], [1, 2, 3, 4, 5, 6, 7], rows);
}

function gainNote(change: CandidateEvidence, run: RunEvidence): string {
  const production = productionOf(change);
  const target = targetOf(change);
  const both =
    production === null || target === null
      ? ''
      : ` Without stabilising flags the ratio is ${significant(production.ratio)}, with them ${significant(target.ratio)}.`;
  return `Certified: ${gainSentence(change)}, in percent of the old time; the target was ${run.target_pct} %. Ratio is old time over new time.${both}`;
}

function costs(change: CandidateEvidence): string {
  const slower = proving(change).filter(({ ratio, measurement }) => measurement.role !== 'control' && ratio < 0.98);
  const lines = slower.map(
    ({ measurement, ratio }) =>
      `- ${plain(measurement.name)}${measurement.size === null ? '' : `, size ${count(measurement.size)}`}: ratio ${significant(ratio)}, slower`,
  );
  for (const { metric, base_bytes, candidate_bytes } of change.measurement?.memory ?? []) {
    lines.push(`- ${plain(metric)}: ${bytes(base_bytes)} before, ${bytes(candidate_bytes)} after`);
  }
  return lines.length === 0 ? 'None measured. Memory was not compared.' : lines.join('\n');
}

function setting(change: CandidateEvidence, { machine, base_commit }: RunEvidence): string {
  const virtual = machine.virtualised === null ? 'unknown whether virtual' : machine.virtualised ? 'a virtual machine' : 'not virtual';
  const flags = Object.entries(change.flags).map(([mode, list]) => `${plain(mode)} ${list.length === 0 ? 'none' : code(list.join(' '))}`);
  return [
    `${plain(machine.cpu_model)}, ${plural(machine.cores, 'core')}, ${virtual}, load ${machine.load_1m.toFixed(2)}, ${plain(machine.platform)} ${plain(machine.kernel)}, Node ${plain(machine.node_version)}.`,
    `Base commit ${code(base_commit)}.${flags.length === 0 ? '' : ` Flags: ${flags.join('; ')}.`}`,
  ].join(' ');
}

const LISTED = 20;
const WARNING_LENGTH = 240;

function behaviour(change: CandidateEvidence, run: RunEvidence): string {
  const lines: string[] = [];
  if (change.tests !== null) {
    const { before, after } = change.tests;
    lines.push(
      `- Tests: ${before.passed} of ${before.total} passed before, ${after.passed} of ${after.total} after, compared test by test.`,
    );
  }
  const failing = run.tests?.failing ?? [];
  if (failing.length > 0)
    lines.push(
      `- Failing already before: ${failing.slice(0, LISTED).map(code).join(', ')}${failing.length > LISTED ? ` and ${failing.length - LISTED} more` : ''}.`,
    );
  const replay = change.behaviour;
  if (replay !== null) {
    const where = replay.warnings.length === 0 ? '' : ' within what the functions accept';
    lines.push(
      `- Replay: ${count(replay.sessions)} captured sessions and ${count(replay.searched)} searched inputs gave the same results, changed arguments, errors and callbacks${where}.`,
    );
    const strength = replay.oracle_strength;
    if (strength !== null)
      lines.push(`- Strength of that check: ${strength.killed} of ${strength.mutants - strength.equivalent} planted faults were noticed.`);
    const [warning, ...more] = replay.warnings;
    if (warning !== undefined) {
      lines.push(
        `- Outside what the functions accept there are ${plural(more.length + 1, 'difference')}, such as ${code(shorten(warning, WARNING_LENGTH))}`,
      );
    }
  }
  const seeds = Object.entries(change.seeds).map(([purpose, seed]) => `${plain(purpose)} ${code(String(seed))}`);
  if (seeds.length > 0) lines.push(`- Seeds: ${seeds.join(', ')}.`);
  return lines.join('\n') || 'Not compared.';
}

/** A guard that does not depend on how fast a machine is. */
function guard(change: CandidateEvidence): string {
  const instructions = change.measurement?.callgrind[0];
  const growth = change.measurement?.growth ?? null;
  if (growth !== null && growth.candidate_exponent < growth.base_exponent - 0.2) {
    return `Guard the growth, not the seconds: between two sizes a factor of ten apart, time may grow by at most ${significant(10 ** (growth.candidate_exponent + 0.25))} (measured ${significant(10 ** growth.candidate_exponent)}, formerly ${significant(10 ** growth.base_exponent)}).`;
  }
  if (instructions !== undefined) {
    return `Count instructions, not seconds: under callgrind one operation takes ${count(instructions.candidate_per_op)}; more than ${count(instructions.candidate_per_op * 1.1)} is a regression (formerly ${count(instructions.base_per_op)}).`;
  }
  return 'Run the command above in both versions: a ratio below 1 is a regression. A limit in seconds would depend on the machine.';
}

function alternatives(change: CandidateEvidence, run: RunEvidence): string[] {
  const same = run.rejected.filter(
    ({ candidate }) => candidate.symbol === change.candidate.symbol && candidate.file === change.candidate.file,
  );
  if (same.length === 0) return [];
  const lines = same.map(({ candidate, verdict, reason }) => `- ${plain(candidate.title)}: ${verdictName(verdict)}, ${plain(reason)}`);
  return [`## Tried in the same place and not taken\n\n${lines.join('\n')}`];
}

function disclosure({ candidate }: CandidateEvidence): string {
  const by = candidate.rule === null ? `a ${candidate.source}` : `the rule ${code(candidate.rule)}`;
  return `## How this was made\n\nGenerated by Code Optima: written by ${by}, judged by measurement, for a person to sign. To leave this file alone, add ${code(candidate.file)} to ${code('ignore')} in ${code('codeoptima.toml')}.`;
}
