import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { RunConfig } from '@codeoptima/config';
import { type CandidateEvidence, provedPercent, RunEvidence } from '@codeoptima/evidence';
import type { MeasuredWorkload } from '@codeoptima/measurement';
import { inspectRepository, isUrl, mirror } from '@codeoptima/scm';
import { verifyRepository } from '@codeoptima/verifier';
import type { CliContext } from '../context.ts';
import { badInput } from '../errors.ts';
import { stepsFor } from '../progress/steps.ts';
import { inWorkFolder, stabilisingFlags } from '../verify/session.ts';
import { claimedPercent, judgeClaim } from '../verify/claim.ts';
import { VERIFY_EXIT_CODES } from '../verify/outcome.ts';
import { type CliCommand, type CommonOptions, dataDir, printJson, withCommon } from './options.ts';

const bound = (pct: number | null | undefined): string => (typeof pct === 'number' ? provedPercent(pct) : 'an unknown gain');

interface ReproduceOptions extends CommonOptions {
  repository?: string;
  candidate?: string;
  unsafeNoSandbox?: boolean;
}

const HELP = `
Examples:
  codeoptima reproduce evidence.json                          every accepted change, one after the other
  codeoptima reproduce evidence.json --candidate 3f2a --repository ~/src/library

Exit codes: 0 every claim held, 20 to 24 as for 'codeoptima verify' (the first claim that did not; 20 also where the gain falls short of the
claim by the target or more), 2 bad input, 1 our failure.
`;

export const reproduceCommand: CliCommand = {
  register(program, context) {
    withCommon(program.command('reproduce'))
      .summary('repeat a claim from its evidence')
      .description('Repeats the claims of an evidence.json on this machine and says whether they held.')
      .argument('<evidence>', 'evidence.json of a run or of codeoptima verify')
      .option('--repository <path>', 'clone of the repository (default: the path in the evidence)')
      .option('--candidate <id>', 'only this change (a unique beginning of its id)')
      .option('--unsafe-no-sandbox', 'without a sandbox; only for code you trust')
      .addHelpText('after', HELP)
      .action((file: string, options: ReproduceOptions) => reproduce(file, options, context));
  },
};

async function reproduce(file: string, options: ReproduceOptions, context: CliContext): Promise<void> {
  const data_dir = dataDir(options, context);
  const run = await readEvidence(resolve(context.cwd, file), file);
  const chosen = run.accepted.filter(({ candidate }) => candidate.id.startsWith(options.candidate ?? ''));
  if (chosen.length === 0)
    throw badInput(
      options.candidate === undefined
        ? `${file} holds no accepted change, so there is no claim to repeat.`
        : `${file} holds no accepted change whose id begins with '${options.candidate}'.`,
    );
  const given = options.repository ?? run.repository;
  const repository = isUrl(given) ? await mirror(given, resolve(data_dir, 'repos')) : resolve(context.cwd, given);
  await inspectRepository(repository, run.base_commit);
  const { flags } = await stabilisingFlags(data_dir);
  const results = [];
  for (const evidence of chosen) {
    context.err(`${evidence.candidate.title}\n`);
    const steps = stepsFor(context);
    const verdict = await inWorkFolder(context, data_dir, (session) =>
      verifyRepository({
        ...session,
        ...claimOf(run, evidence),
        repository,
        flags,
        config: RunConfig.parse({ target_pct: run.target_pct, unsafe_no_sandbox: options.unsafeNoSandbox ?? false }),
        now: () => performance.now(),
        progress: steps.step,
        detail: steps.detail,
      }),
    ).finally(steps.end);
    const before = claimedPercent(evidence);
    const { held, words } = judgeClaim(before, verdict, run.target_pct);
    results.push({
      candidate: evidence.candidate.id,
      title: evidence.candidate.title,
      held,
      verdict: verdict.verdict,
      reason: verdict.reason,
      claimed_pct: before,
      provable_pct: verdict.provable_pct,
      estimate_pct: verdict.estimate_pct,
    });
    if (options.json !== true)
      context.out(`${held ? 'Held' : 'Did not hold'}: ${evidence.candidate.title}\n  claimed at least ${bound(before)}, here ${words}\n`);
    context.exit(held ? 0 : VERIFY_EXIT_CODES[verdict.verdict] || VERIFY_EXIT_CODES.not_proven);
    if (!held) break;
  }
  if (options.json === true) printJson(context, { held: results.every((result) => result.held), results });
}

async function readEvidence(path: string, given: string): Promise<RunEvidence> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw badInput(`${given} cannot be read (${error.code ?? 'unknown'}): give the evidence.json of a run.`);
  });
  try {
    return RunEvidence.parse(JSON.parse(text));
  } catch {
    throw badInput(`${given} is not an evidence.json of schema codeoptima.evidence/1.`);
  }
}

const SEARCH_MS = 10_000;

/** The change with all that lay under it, measured on the workloads of the claim. */
function claimOf(run: RunEvidence, evidence: CandidateEvidence) {
  const under = run.accepted.slice(0, run.accepted.indexOf(evidence)).map((accepted) => accepted.patch);
  const target = evidence.measurement?.workloads.find((row) => row.role === 'target')?.id;
  const workloads = run.workloads.flatMap(({ id, name, source, text, entry, path, command }): MeasuredWorkload[] =>
    text === null ? [] : [{ id, name, source, text, entry, path, command }],
  );
  if (workloads.length === 0) throw badInput('The evidence holds no text of a workload, so the claim cannot be repeated.');
  const seed = Number(evidence.seeds['verification'] ?? 1);
  return {
    base: run.base_commit,
    head: run.base_commit,
    patch: evidence.patch,
    under,
    workloads: workloads.toSorted((a, b) => Number(b.id === target) - Number(a.id === target)),
    changed_lines_max: 10_000,
    allow_surface: true,
    strict: false,
    search_budget_ms: SEARCH_MS,
    seed,
    reproduce: null,
  };
}
