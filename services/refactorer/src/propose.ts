import type { ArtifactStore } from '@codeoptima/artifacts';
import {
  type Candidate,
  type CandidateSubject,
  CodeOptimaError,
  type HotSpot,
  type ProposePayload,
  type ProposeResult,
} from '@codeoptima/contracts';
import { projectOf } from '@codeoptima/experience';
import type { Reach } from '@codeoptima/memory';
import type { TaskHandler } from '@codeoptima/worker';
import { basename, extname } from 'node:path';
import { recollect } from './adapters/recollect.ts';
import { openTree, type PreparedTree } from './adapters/tree.ts';
import { shiftLines } from './domain/line-shift.ts';
import { isGenerated, languageOf, whyNotTouched } from './domain/own-code.ts';
import { proposeForFile } from './domain/propose-for-file.ts';
import { type Proposal, withoutPartsOfUntried } from './domain/rank.ts';
import type { Subject } from './domain/subject.ts';
import { weigh, whyNotAgain } from './domain/weigh.ts';

type Skipped = ProposeResult['skipped'];

/** More are of no use to a reader. */
const SKIPPED_MAX = 200;

/** Lets the rules look at the hot spots and hands out the best patches that were not tried yet, by what the memory knows of similar code. */
export const propose =
  (memory: Reach): TaskHandler<'propose'> =>
  async ({ payload, artifacts, workdir, signal, progress }) => {
    const { prepared } = payload.baseline;
    if (prepared === null) {
      throw new CodeOptimaError('bad_input', 'There is no prepared tree to propose changes for; the baseline has failed.', {
        ids: { run_id: payload.run_id },
      });
    }
    progress('unpacking the repository', 0.05);
    const tree = await openTree(artifacts, prepared, payload.accepted, workdir, signal);
    const skipped: Skipped = [];
    const proposals = await collect(payload, tree, skipped, progress, signal);
    const tried = new Set(payload.tried);
    progress('asking the memory', 0.9);
    const project = projectOf(payload.repository ?? payload.run_id);
    const { use, experiences, verdicts } = await recollect(memory, project, proposals, payload.memory ?? null, signal);
    if (use.state === 'down' && use.note !== null) progress(use.note, 0.92);
    const runtime = payload.baseline.toolchain?.runtime_version ?? '';
    const { ordered, not_tried_again } = weigh(
      proposals.filter(({ match }) => !tried.has(match.id)),
      { experiences, verdicts, project, runtime, target_pct: payload.config.target_pct },
    );
    // What is not tried again counts as tried: the places of a rule one by one come after all of them together.
    const settled = new Set([
      ...tried,
      ...proposals.filter((one) => !ordered.some(({ match }) => match.id === one.match.id)).map(({ match }) => match.id),
    ]);
    const open = withoutPartsOfUntried(ordered, settled);
    progress('writing the patches', 0.95);
    const candidates = await Promise.all(open.slice(0, payload.limit).map((proposal) => toCandidate(artifacts, proposal)));
    skipped.unshift(
      ...not_tried_again.map((idea) => ({ rule: idea.rule, file: idea.file, symbol: idea.symbol, reason: whyNotAgain(idea) })),
    );
    return { candidates, skipped: skipped.slice(0, SKIPPED_MAX), memory: { ...use, experiences, not_tried_again } };
  };

async function collect(
  { hotspots, config }: ProposePayload,
  tree: PreparedTree,
  skipped: Skipped,
  progress: (detail: string, fraction?: number) => void,
  signal: AbortSignal,
): Promise<Proposal[]> {
  const byFile = Map.groupBy(hotspots.hotspots, (hotspot) => hotspot.file);
  const proposals: Proposal[] = [];
  let done = 0;
  for (const [file, found] of byFile) {
    signal.throwIfAborted();
    progress(`applying the rules to ${file}`, 0.2 + (0.7 * done++) / byFile.size);
    const symbol = found[0]?.symbol ?? '';
    const language = languageOf(file);
    const refusal = whyNotTouched(file, config.ignore) ?? (language === null ? 'no rule reads this kind of file' : null);
    const source = refusal === null ? await tree.read(file) : null;
    const reason =
      refusal ?? (source === null ? 'the file cannot be read as text' : isGenerated(source) ? 'the file is generated or minified' : null);
    if (reason !== null || source === null || language === null) {
      skipped.push({ rule: '*', file, symbol, reason: reason ?? '' });
      continue;
    }
    const result = proposeForFile(
      file,
      source,
      language,
      found.map((hotspot) => afterPatches(hotspot, tree.patches)),
    );
    proposals.push(...result.proposals);
    skipped.push(
      ...result.skipped.map(({ rule, symbol: where, reason: why, line }) => ({
        rule,
        file,
        symbol: where,
        reason: `line ${line}: ${why}`,
      })),
    );
  }
  return proposals;
}

/** Lines of a hot spot are those of the base; accepted changes have moved them. */
const afterPatches = (hotspot: HotSpot, patches: readonly string[]): HotSpot =>
  patches.reduce((moved, patch) => shiftLines(moved, patch, hotspot.file), hotspot);

async function toCandidate(artifacts: ArtifactStore, { file, match, hotspot, patch, subject, because }: Proposal): Promise<Candidate> {
  const share = (hotspot.inclusive_share * 100).toFixed(0);
  const where =
    match.places === 1 ? `\`${match.symbol}\` (${file}:${match.line})` : `\`${match.symbol}\` (${file}, ${match.places} places)`;
  const charged = match.in_callee ? `is called by \`${hotspot.symbol}\`, which takes` : 'takes';
  return {
    id: match.id,
    source: 'rule',
    rule: match.rule,
    file,
    symbol: match.symbol,
    hotspot_id: hotspot.id,
    workload_id: hotspot.workload_id,
    patch: await artifacts.put(patch),
    changed_lines: match.changed_lines,
    title: `perf(${basename(file, extname(file))}): ${match.title}`,
    explanation: `${where} ${charged} ${share} % of the profile. ${match.explanation}${because === '' ? '' : ` ${because}`}`,
    risk: match.risk,
    safety: match.safety,
    subject: subject && (await stored(artifacts, subject)),
  };
}

const stored = async (artifacts: ArtifactStore, subject: Subject): Promise<CandidateSubject> => ({
  language: subject.language,
  symbol: subject.symbol,
  before: await artifacts.put(subject.before),
  after: await artifacts.put(subject.after),
  function_hash: subject.function_hash,
  change_hash: subject.change_hash,
});
