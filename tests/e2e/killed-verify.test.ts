import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { identify, scratchRoots } from '@codeoptima/embedded';
import { eventually } from '@codeoptima/testkit';
import { CommandLine, type Running } from '../support/command-line.ts';
import { processesOf, temporaryFilesOf } from '../support/leftovers.ts';
import { idlePackage, Repositories, SLOW_TEST_FILE, stateOf } from '../support/repositories.ts';

const repositories = new Repositories();
const cli = new CommandLine();
after(async () => {
  await cli.remove();
  repositories.remove();
});

/** Two folders of one command: for what is large and for what needs a plain path. */
const foldersOf = (command: Running): string[] => {
  const { pid, start_ticks } = identify(command.child.pid ?? 0);
  return scratchRoots(cli.data_dir).map((root) => join(root, `${pid}-${start_ticks}`));
};
const standing = (folders: readonly string[]): boolean[] => folders.map((folder) => existsSync(folder));

test('what a killed verify leaves is swept by the next command, and nothing of one that still works', async () => {
  const repository = repositories.create(idlePackage(SLOW_TEST_FILE));
  repository.git('switch', '--quiet', '--create', 'change');
  repository.commit('compute it', { 'index.js': 'export const answer = 6 * 7;\n' });
  repository.git('switch', '--quiet', 'main');
  const before = stateOf(repository);
  const verify = (): Running => cli.start(['verify', repository.dir, '--base', 'main', '--head', 'change']);

  const [killed, working] = [verify(), verify()];
  await Promise.all([killed, working].map(({ said }) => said(/^ {2}\S/m)));
  const [of_killed, of_working] = [foldersOf(killed), foldersOf(working)];
  assert.deepEqual([...standing(of_killed), ...standing(of_working)], [true, true, true, true]);
  killed.child.kill('SIGKILL');
  await killed.ended;
  assert.deepEqual(standing(of_killed), [true, true], 'a killed process cleans nothing');

  const looked = await cli.run(['config', 'check', `file://${repository.dir}`]);
  assert.equal(looked.code, 0, looked.stderr);
  assert.deepEqual([...standing(of_killed), ...standing(of_working)], [false, false, true, true]);

  working.child.kill('SIGINT');
  await working.ended;
  assert.deepEqual(temporaryFilesOf(cli), []);
  await eventually(() => assert.deepEqual(processesOf(cli.folder), []));
  assert.deepEqual(stateOf(repository), before);
});
