import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openScratch, sweepScratch } from './scratch.ts';
import { substituteDirectory } from './socket-directory.ts';

let root = '';
before(() => {
  root = mkdtempSync(join(tmpdir(), 'scratch-'));
});
after(() => rmSync(root, { recursive: true, force: true }));

/** A process that opens its scratch, makes a temporary folder there, says where, and waits. */
const holder = async (data_dir: string): Promise<{ child: ChildProcess; made: string }> => {
  const source = `
    import { mkdtempSync, writeFileSync } from 'node:fs';
    import { tmpdir } from 'node:os';
    import { join } from 'node:path';
    import { openScratch } from ${JSON.stringify(join(import.meta.dirname, 'scratch.ts'))};
    openScratch(${JSON.stringify(data_dir)});
    const made = mkdtempSync(join(tmpdir(), 'codeoptima-report-'));
    writeFileSync(join(made, 'file'), 'x');
    console.log(made);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, made: chunk.toString().trim() };
};
const kill = async (child: ChildProcess): Promise<void> => {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
};

describe('the scratch of a process', () => {
  it('holds its temporary files, and after a kill -9 the next one sweeps it, but not that of a living process', async () => {
    const data_dir = join(root, 'plain');
    const [dead, living] = await Promise.all([holder(data_dir), holder(data_dir)]);
    assert.ok(dead.made.startsWith(join(data_dir, 'scratch')));
    assert.equal(sweepScratch(data_dir), 0);
    await kill(dead.child);
    assert.ok(existsSync(dead.made), 'a killed process cleans nothing');
    const before_tmpdir = process.env['TMPDIR'];
    const ours = openScratch(data_dir);
    try {
      assert.equal(existsSync(dead.made), false);
      assert.ok(existsSync(join(living.made, 'file')));
      assert.equal(tmpdir(), ours.temporary);
      assert.equal(ours.temporary, ours.path);
      assert.equal(statSync(ours.path).mode & 0o777, 0o700);
      assert.equal(readdirSync(join(data_dir, 'scratch')).length, 2);
    } finally {
      ours.close();
      await kill(living.child);
    }
    assert.equal(process.env['TMPDIR'], before_tmpdir);
    assert.equal(sweepScratch(data_dir), 1);
    assert.deepEqual(readdirSync(join(data_dir, 'scratch')), []);
  });

  for (const [what, name] of [
    ['too long for a socket', 'x'.repeat(120)],
    ['with characters that command lines do not take', 'données test'],
  ] as const)
    it(`keeps temporary files elsewhere for a data directory whose path is ${what}, and leaves nothing there`, async () => {
      const data_dir = join(root, name);
      const substitute = substituteDirectory(data_dir, '-scratch');
      const ours = openScratch(data_dir);
      assert.ok(ours.path.startsWith(join(data_dir, 'scratch')));
      assert.ok(ours.temporary.startsWith(substitute));
      assert.ok(Buffer.byteLength(join(ours.temporary, 'a-socket-of-some-tool.sock')) <= 107);
      ours.close();
      assert.equal(existsSync(substitute), false);
      const dead = await holder(data_dir);
      await kill(dead.child);
      assert.equal(sweepScratch(data_dir), 2);
      assert.deepEqual([existsSync(substitute), readdirSync(join(data_dir, 'scratch'))], [false, []]);
    });

  it('is swept of nothing that no process of ours has made', () => {
    const data_dir = join(root, 'strange');
    const strange = join(data_dir, 'scratch', 'of-somebody');
    mkdirSync(strange, { recursive: true });
    writeFileSync(join(data_dir, 'scratch', '1-2'), 'a file by the name of a dead process');
    assert.equal(sweepScratch(data_dir), 1);
    assert.deepEqual(readdirSync(join(data_dir, 'scratch')), ['of-somebody']);
  });

  it('that cannot be made says why and leaves TMPDIR alone', () => {
    const data_dir = join(root, 'in the way');
    mkdirSync(data_dir);
    writeFileSync(join(data_dir, 'scratch'), '');
    const before_tmpdir = process.env['TMPDIR'];
    assert.throws(() => openScratch(data_dir), /no scratch folder in .*in the way/);
    assert.equal(process.env['TMPDIR'], before_tmpdir);
  });
});
