import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { RunConfig } from '@codeoptima/config';
import { inspectRepository, isUrl } from '@codeoptima/scm';
import { verifyRepository } from '@codeoptima/verifier';
import { Option } from 'commander';
import type { CliContext } from '../context.ts';
import { badInput } from '../errors.ts';
import { findRepository } from '../preflight/repository.ts';
import { configFor, type FlagTexts, flagValues, placeWorkloads } from '../preflight/request.ts';
import { writeEvidence } from '../verify/evidence-files.ts';
import { VERIFY_EXIT_CODES, verifyObject, verifyText } from '../verify/outcome.ts';
import { stepsFor } from '../progress/steps.ts';
import { inWorkFolder, stabilisingFlags } from '../verify/session.ts';
import { type CliCommand, type CommonOptions, dataDir, printJson, withCommon } from './options.ts';
import { addConfigFlags } from './run.ts';

interface VerifyCommandOptions extends CommonOptions {
  base: string;
  head: string;
  patch?: string;
  strict?: boolean;
  allowSurface?: boolean;
  productOnly?: boolean;
  maxLines: string;
  search: string;
  seed: string;
  out?: string;
}

const HELP = `
Examples:
  codeoptima verify . --base main --head faster-parser
  codeoptima verify ~/src/library --base 1a2b3c~1 --head 1a2b3c --product-only
  codeoptima verify ~/src/library --base v2.0.0 --patch fix.diff --workload bench/large.mjs --json

Tests, benchmarks and settings are those of the base: a change cannot bring its own judge, and one that touches them is refused. To judge
a historical commit that came with its tests, give --product-only.
Exit codes: 0 certified, 20 not proven faster, 21 behaviour differs (prints the smallest input found), 22 tests got worse,
23 this machine cannot certify that target now, 24 refused by a guard, 2 bad input, 1 our failure.
`;

export const verifyCommand: CliCommand = {
  register(program, context) {
    const command = withCommon(program.command('verify'))
      .summary('judge a change, whoever wrote it')
      .description('Judges any change with the ladder that the pipeline uses: guards, tests, behaviour, speed. Needs no fleet.')
      .argument('[repository]', 'path of a git repository (default: the current folder)')
      .requiredOption('--base <ref>', 'commit, branch or tag the change stands on')
      .option('--head <ref>', 'commit, branch or tag with the change', 'HEAD')
      .option('--patch <file>', 'unified diff to judge in place of --head')
      .option('--strict', 'differences outside the domain of the code refuse as well')
      .option('--allow-surface', 'exports, signatures and messages may change')
      .option('--product-only', 'put aside what the change does to tests, benchmarks and settings, and judge the rest')
      .addOption(new Option('--max-lines <n>', 'changed lines that still count as one idea').default('400'))
      .addOption(new Option('--search <seconds>', 'time for the search of differing inputs').default('30'))
      .addOption(new Option('--seed <n>', 'seed of every random choice').default('1'))
      .option('--out <dir>', 'folder for evidence.json and report.html (default: in the data directory)')
      .addHelpText('after', HELP);
    addConfigFlags(command, { one_change: true });
    command.action((target: string | undefined, options: VerifyCommandOptions) => verify(target ?? '.', options, context));
  },
};

async function verify(target: string, options: VerifyCommandOptions, context: CliContext): Promise<void> {
  if (isUrl(target)) throw badInput('verify needs a local repository: clone it first.');
  const data_dir = dataDir(options, context);
  const found = await findRepository(target, { cwd: context.cwd, data_dir, ref: options.base, config: null });
  const config: RunConfig = configFor(found, await placeWorkloads(await flagValues(options as unknown as FlagTexts, context.cwd), found));
  const patch = options.patch === undefined ? null : await readPatch(resolve(context.cwd, options.patch), options.patch);
  if (patch === null) await inspectRepository(found.repository, options.head);
  const numbers = {
    changed_lines_max: whole('--max-lines', options.maxLines),
    search_budget_ms: whole('--search', options.search) * 1000,
    seed: whole('--seed', options.seed),
  };
  const { flags, calibrated } = await stabilisingFlags(data_dir);
  const steps = stepsFor(context);
  // Said once work has begun, so that an error of the input stands alone.
  let untold = calibrated ? '' : "This machine is not calibrated: usual flags are used. 'codeoptima calibrate' finds steadier ones.\n";
  const result = await inWorkFolder(context, data_dir, (session) =>
    verifyRepository({
      ...session,
      repository: found.repository,
      base: found.commit,
      head: options.head,
      patch,
      config,
      ...numbers,
      allow_surface: options.allowSurface ?? false,
      strict: options.strict ?? false,
      product_only: options.productOnly ?? false,
      flags,
      reproduce: 'codeoptima reproduce evidence.json',
      now: () => performance.now(),
      progress: (line) => {
        context.err(untold);
        untold = '';
        steps.step(line);
      },
      detail: steps.detail,
    }),
  ).finally(steps.end);
  const dir = options.out === undefined ? join(data_dir, 'verify', result.base_commit.slice(0, 12)) : resolve(context.cwd, options.out);
  const files = await writeEvidence(dir, {
    repository: found.repository,
    target_pct: config.target_pct,
    verdict: result,
    workloads: result.workloads,
  });
  if (options.json === true) printJson(context, verifyObject(result, files));
  else context.out(verifyText(result, files));
  context.exit(VERIFY_EXIT_CODES[result.verdict]);
}

async function readPatch(path: string, given: string): Promise<string> {
  return await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw badInput(`--patch ${given} cannot be read (${error.code ?? 'unknown'}): give a unified diff as 'git diff' prints it.`);
  });
}

function whole(flag: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw badInput(`${flag} must be a whole number from 0, found "${text}".`);
  return value;
}
