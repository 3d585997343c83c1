import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { detectToolchain } from '../detect/detect-toolchain.ts';
import { installDependencies } from './install.ts';

test('a development dependency that cannot be reached is asked for once, then left out', async () => {
  const scratch = mkdtempSync(join(tmpdir(), 'codeoptima-install-'));
  try {
    const manifest = { name: 'alone', version: '1.0.0', devDependencies: { gone: 'http://127.0.0.1:1/gone.tgz' } };
    writeFileSync(join(scratch, 'package.json'), JSON.stringify(manifest));
    const { toolchain } = await detectToolchain(scratch, { tests: 'optional' });
    const { notes, log } = await installDependencies({
      dir: scratch,
      toolchain,
      cache_dir: mkdtempSync(join(scratch, 'cache-')),
      development: 'optional',
      wall_ms: 120_000,
    });
    assert.deepEqual(notes, ['The development dependencies could not be installed and were left out.']);
    assert.equal(log.match(/^\$ npm /gm)?.length, 2, log);
    assert.deepEqual(JSON.parse(readFileSync(join(scratch, 'package.json'), 'utf8')), manifest);
  } finally {
    rmSync(scratch, { recursive: true });
  }
});
