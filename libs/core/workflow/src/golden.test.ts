import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { compileDefinition, type Table } from './compile.ts';
import type { RunEvent } from './event.ts';
import { fold } from './evolve.ts';
import { checkLog } from './invariants.ts';
import { canonicalJson } from './json.ts';
import { loadWorkflow } from './load-workflow.ts';
import { snapshotOf } from './snapshot.ts';
import { Drive } from './testing/drive.ts';
import { baselineFailed, baselineReady, hotspotsFound, judged, proposed, reviewed } from './testing/samples.ts';

/** A log with the definition it was decided under and the state it folds to, as a run in the store has them. */
interface Golden {
  definition: unknown;
  log: RunEvent[];
  state: unknown;
  snapshot: unknown;
}

/** The table as the store gives it: under the version it had when the run was submitted. */
function tableOf({ definition, log }: Golden, name: string): Table {
  const first = log[0];
  return { ...compileDefinition(definition, name), version: first?.type === 'RunSubmitted' ? first.machine_version : '' };
}

const folder = new URL('../fixtures/', import.meta.url);

// New logs are only ever added (GOLDEN=name writes one): an old log must fold to the same state for as long as runs of its day live.
const scripts: Record<string, (drive: Drive) => void> = {
  succeeded: (drive) => {
    drive.begin().done(baselineReady).fail('internal', true).done(hotspotsFound).done(proposed('c1', 'c2')).done(judged('not_proven'));
    drive.expire().done(judged('certified')).done(proposed()).done(reviewed('codeoptima/merge')).signal('approve', { merge: true });
    drive.done({ merged: true, reason: 'main now points to the branch' });
  },
  'no-gain': (drive) => {
    drive
      .begin()
      .done(baselineReady)
      .done(hotspotsFound)
      .done(proposed('c1', 'c2', 'c3'));
    drive.done(judged('not_proven')).done(judged('not_proven')).done(judged('not_proven')).done(reviewed(null));
  },
  'baseline-failed': (drive) => void drive.begin().done(baselineFailed),
  // One candidate takes too long, the verifier breaks on two and is killed on one, with a verdict in between.
  unjudged: (drive) => {
    drive
      .begin()
      .done(baselineReady)
      .done(hotspotsFound)
      .done(proposed('c1', 'c2', 'c3', 'c4', 'c5'));
    drive.fail('deadline_exceeded', false).fail('internal', true).fail('internal', true).done(judged('refused'));
    drive.expire().expire().expire().fail('internal', false);
    drive.done(proposed('d1')).expire().expire().expire().done(reviewed(null));
  },
  'timed-out': (drive) => void drive.begin().done(baselineReady).done(hotspotsFound).fire('wall_clock').done(reviewed(null)),
};

const wanted = process.env['GOLDEN'];
if (wanted !== undefined) {
  const drive = new Drive(loadWorkflow('optimize'));
  scripts[wanted]?.(drive);
  const { table, log, state } = drive;
  const golden: Golden = { definition: table.definition, log, state, snapshot: snapshotOf(table, state) };
  writeFileSync(new URL(`${wanted}.json`, folder), `${JSON.stringify(golden, null, 1)}\n`);
}

for (const file of readdirSync(folder)) {
  test(`the golden log ${file} folds to the bit`, () => {
    const golden = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Golden;
    const table = tableOf(golden, file);
    const state = fold(table, golden.log);
    assert.equal(canonicalJson(state), canonicalJson(golden.state));
    assert.equal(canonicalJson(snapshotOf(table, state)), canonicalJson(golden.snapshot));
    assert.deepEqual(
      checkLog(
        table,
        golden.log.map((event, index) => ({ version: index + 1, event })),
      ),
      [],
    );
  });
}

test('the decisions of today give the golden logs', () => {
  for (const [name, script] of Object.entries(scripts)) {
    const golden = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Golden;
    const drive = new Drive(tableOf(golden, name));
    script(drive);
    assert.equal(canonicalJson(drive.log), canonicalJson(golden.log), name);
  }
});
