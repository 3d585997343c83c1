import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { RunOutput } from '@codeoptima/contracts';
import { eventually } from '@codeoptima/testkit';
import { CommandLine, outputOf } from '../support/command-line.ts';
import { processesOf } from '../support/leftovers.ts';
import { proposals, Repositories, slowPackage, stateOf } from '../support/repositories.ts';
import { assertSound } from '../support/soundness.ts';

const cli = new CommandLine({ env: { CODEOPTIMA_BEAT_MS: '500', CODEOPTIMA_SWEEP_MS: '500' } });
const repositories = new Repositories();

const skip = process.env['CODEOPTIMA_LONG'] === '1' ? false : 'proves a change, which takes minutes; set CODEOPTIMA_LONG=1';

before(async () => {
  if (skip === false) await cli.json(['up']);
});
after(async () => {
  await cli.remove();
  repositories.remove();
});

test('kill -9 while a change is proved: it is proved anew, proposed once, and can be rejected', { skip }, async () => {
  const repository = repositories.create(slowPackage());
  const before = stateOf(repository);
  const running = cli.start(['run', repository.dir, '--json']);
  await running.said(/stage: verifying/);
  const fleet = cli.processes();
  await eventually(() => assert.notDeepEqual(processesOf(cli.data_dir, Object.values(fleet)), [], 'the verifier has begun'));
  for (const name of ['benchmark-runner', 'planner']) process.kill(fleet[name] ?? 0, 'SIGKILL');
  const ended = await running.ended;
  const output = outputOf(ended);
  assert.deepEqual([output.state, ended.code], ['awaiting_signoff', 0], `${output.reason}\n${ended.stderr}`);
  assert.deepEqual([output.changes.length, proposals(repository)], [1, [output.branch]]);
  assert.equal(repository.git('rev-list', '--count', `main..${output.branch}`), '1');
  await assertSound(cli.data_dir, output.run_id, 'awaiting_signoff');

  const reason = 'harder to read than it is worth';
  const rejected = RunOutput.parse(await cli.json(['reject', output.run_id, '--reason', reason], 13));
  assert.deepEqual([rejected.state, rejected.reason], ['rejected', reason]);
  assert.deepEqual([stateOf(repository), proposals(repository)], [before, [output.branch]], 'the branch is the person’s to delete');
  await assertSound(cli.data_dir, output.run_id, 'rejected');
});
