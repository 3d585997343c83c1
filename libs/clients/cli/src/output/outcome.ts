import type { RunOutput, RunSnapshot } from '@codeoptima/contracts';
import { RunEvidence, terminalSummary } from '@codeoptima/evidence';
import type { ArtifactReader, RunApi } from '../client/run-api.ts';
import type { CliContext } from '../context.ts';
import { endOf } from '../progress/follow.ts';
import { printable } from '../text.ts';
import { materialiseReports, type ReportPaths } from './reports.ts';
import { runOutput } from './run-output.ts';

const LOG_LINES = 15;

export interface Outcome {
  api: RunApi;
  data_dir: string;
  snapshot: RunSnapshot;
  is_json: boolean;
}

/** Puts the reports where a person finds them and says how the run came out: on stdout, or on stderr when stdout carries JSON. */
export async function printOutcome(context: CliContext, { api, data_dir, snapshot, is_json }: Outcome): Promise<RunOutput> {
  const run = await api.get(snapshot.run_id);
  const ended_at_ms = endOf(run, context.now());
  const artifacts = context.artifacts(data_dir);
  const paths = snapshot.review === null ? null : await materialiseReports(artifacts, data_dir, snapshot.run_id, snapshot.review.report);
  const output = runOutput(snapshot, paths, ended_at_ms);
  const say = (text: string): void => (is_json ? context.err(text) : context.out(text));
  const here = paths !== null && context.env.from_checkout ? '\n   here     npm run codeoptima --   stands for codeoptima' : '';
  say(`\n${printable((await summary(artifacts, snapshot, output, paths)) + here)}\n`);
  return output;
}

/** Last lines of what the repository's own commands said. */
async function baselineLog(artifacts: ArtifactReader, { baseline }: RunSnapshot): Promise<string> {
  if (baseline?.outcome !== 'failed' || baseline.log === null) return '';
  const text = new TextDecoder().decode(await artifacts.read(baseline.log));
  const tail = text.trimEnd().split('\n').slice(-LOG_LINES);
  return `\n\nThe end of its log:\n${tail.map((line) => `  ${line}`).join('\n')}`;
}

async function summary(artifacts: ArtifactReader, snapshot: RunSnapshot, output: RunOutput, paths: ReportPaths | null): Promise<string> {
  const memory = (snapshot.memory_notes ?? []).map((note) => `\n${note}`).join('');
  if (snapshot.review === null || paths === null) {
    const log = await baselineLog(artifacts, snapshot);
    return `Run ${output.run_id} ended as ${output.state}: ${output.reason}${log}${memory}`;
  }
  const bytes = await artifacts.read(snapshot.review.report.evidence);
  const evidence = RunEvidence.parse(JSON.parse(new TextDecoder().decode(bytes)));
  const text = terminalSummary(evidence, { state: output.state, reason: output.reason, report: paths, duration_s: output.duration_s });
  return memory === '' ? text : `${text}\n${memory}`;
}
