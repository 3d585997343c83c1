import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { draftOf, sweepDrafts } from './drafts.ts';

const data_dir = mkdtempSync(join(tmpdir(), 'drafts-'));
after(() => rmSync(data_dir, { recursive: true, force: true }));

const PLACES = ['fleet.json', 'mirrors/a.git', 'cache/tools/pnpm-10', 'objects/drafts/object', 'runs/run-html', 'clients/1.json'];

/** A process that leaves a full folder as a draft in each place, and lives on. */
const drafting = async (): Promise<{ drafts: string[]; kill: () => Promise<void> }> => {
  const source = `
    import { mkdirSync, writeFileSync } from 'node:fs';
    import { draftOf } from ${JSON.stringify(import.meta.resolve('./drafts.ts'))};
    const drafts = ${JSON.stringify(PLACES.map((place) => join(data_dir, place)))}.map(draftOf);
    for (const draft of drafts) { mkdirSync(draft + '/deep', { recursive: true }); writeFileSync(draft + '/deep/file', 'x'); }
    console.log(JSON.stringify(drafts));
    setInterval(() => {}, 1_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await once(child, 'close');
  };
  return { drafts: JSON.parse(line.toString()) as string[], kill };
};

test('drafts of a killed process are swept wherever they are made, and nothing else', async () => {
  assert.equal(sweepDrafts(join(data_dir, 'not there')), 0);
  const [killed, living] = [await drafting(), await drafting()];
  const other = join(data_dir, 'mirrors', 'b.git.part-Ab12Cd');
  mkdirSync(other);
  const own = draftOf(join(data_dir, 'fleet.json'));
  writeFileSync(own, '{}');
  assert.notEqual(draftOf('x'), draftOf('x'));
  assert.equal(sweepDrafts(data_dir), 0, 'both live');
  await killed.kill();
  assert.equal(sweepDrafts(data_dir), PLACES.length);
  assert.deepEqual(killed.drafts.filter(existsSync), []);
  assert.deepEqual(
    [...living.drafts, other, own].filter((path) => !existsSync(path)),
    [],
  );
  await living.kill();
});
