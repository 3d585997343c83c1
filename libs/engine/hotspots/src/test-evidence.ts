import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Mount, REPO_TARGET } from '@codeoptima/sandbox';
import {
  profileFolder,
  type ReachedFunctions,
  reachedFunctions,
  repositoryUrl,
  SourceFiles,
  type TreeShares,
} from '@codeoptima/measurement';

/** Runs the repository's tests once in the tree `dir` with more environment variables; red tests are no error here. */
export type RunTests = (
  dir: string,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
  extra_mounts?: readonly Mount[],
) => Promise<void>;

export interface TestGround {
  dir: string;
  /** Folder for the scratch copy, removed by its owner. */
  workdir: string;
  unsafe_no_sandbox: boolean;
  run_tests: RunTests;
  signal: AbortSignal;
}

const FOLDER = '.codeoptima-tests';

/** Tests write into their tree, so they get a copy; what they leave in FOLDER is read and the copy removed. */
async function withCopy<T>(
  ground: TestGround,
  env: Readonly<Record<string, string>>,
  read: (out: string, sourcesOf: SourcesOf) => Promise<T>,
): Promise<T> {
  const copy = await mkdtemp(join(ground.workdir, 'tests-'));
  try {
    await cp(ground.dir, copy, { recursive: true, verbatimSymlinks: true });
    const out = join(copy, FOLDER);
    await mkdir(out);
    await writeFile(
      join(out, 'no-inlining.cjs'),
      "for (const flag of ['--no-maglev-inlining', '--no-turbo-inlining']) require('node:v8').setFlagsFromString(flag);\n",
    );
    await ground.run_tests(copy, env, ground.signal);
    const url = repositoryUrl(copy, ground.unsafe_no_sandbox);
    return await read(out, (maps) => new SourceFiles(ground.dir, url, maps));
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

type SourcesOf = (maps?: Readonly<Record<string, unknown>>) => SourceFiles;

/** Which functions the tests reach; null when no coverage was written, as under a runner that starts no Node of ours. */
export async function reachedByTests(ground: TestGround): Promise<ReachedFunctions | null> {
  return await withCopy(ground, { NODE_V8_COVERAGE: `${REPO_TARGET}/${FOLDER}` }, async (out, sourcesOf) =>
    reachedFunctions(out, sourcesOf),
  );
}

/** CPU profile of a whole run of the tests: the last resort where nothing else says what the code is used for. */
export async function profileOfTests(ground: TestGround): Promise<TreeShares | null> {
  const folder = `${REPO_TARGET}/${FOLDER}`;
  const options = `--cpu-prof --cpu-prof-interval=500 --cpu-prof-dir=${folder} --require=${folder}/no-inlining.cjs`;
  return await withCopy(ground, { NODE_OPTIONS: options }, async (out, sourcesOf) => profileFolder(out, sourcesOf()));
}
