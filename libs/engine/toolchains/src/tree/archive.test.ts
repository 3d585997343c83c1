import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { CodeOptimaError } from '@codeoptima/contracts';
import { packTree, unpackTree } from './archive.ts';
import { copyTree } from './copy.ts';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'archive ü '))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const at = (...parts: string[]): string => join(folder, ...parts);
const hash = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

function tree(): string {
  mkdirSync(at('tree/a b/ç'), { recursive: true });
  writeFileSync(at('tree/a b/ç/file'), 'content');
  writeFileSync(at('tree/run.sh'), '#!/bin/sh\n', { mode: 0o755 });
  linkSync(at('tree/run.sh'), at('tree/same.sh'));
  symlinkSync('a b/ç/file', at('tree/link'));
  symlinkSync('/nowhere', at('tree/out'));
  writeFileSync(at('tree/holes'), '');
  truncateSync(at('tree/holes'), 2 ** 31);
  return at('tree');
}

function check(dir: string): void {
  assert.equal(readFileSync(join(dir, 'a b/ç/file'), 'utf8'), 'content');
  assert.equal(statSync(join(dir, 'run.sh')).mode & 0o777, 0o755);
  assert.equal(statSync(join(dir, 'run.sh')).ino, statSync(join(dir, 'same.sh')).ino);
  assert.equal(readlinkSync(join(dir, 'link')), 'a b/ç/file');
  assert.equal(readlinkSync(join(dir, 'out')), '/nowhere');
  assert.equal(statSync(join(dir, 'holes')).size, 2 ** 31);
  assert.ok(statSync(join(dir, 'holes')).blocks < 1000);
}

test('links, modes and holes survive packing and copying', async () => {
  await packTree(tree(), at('x.tar.zst'));
  assert.ok(statSync(at('x.tar.zst')).size < 1_000_000);
  await unpackTree(at('x.tar.zst'), at('again'));
  check(at('again'));
  await copyTree(at('tree'), at('copy'));
  check(at('copy'));
});

test('the same content has the same bytes, whenever it was written', async () => {
  await packTree(tree(), at('1'));
  utimesSync(at('tree/run.sh'), 1, 1);
  await copyTree(at('tree'), at('other place'));
  await packTree(at('other place'), at('2'));
  assert.equal(hash(at('1')), hash(at('2')));
});

test('an archive that names a file outside is refused, and nothing is left', async () => {
  mkdirSync(at('in'));
  writeFileSync(at('in/x'), 'evil');
  for (const name of ['../evil', 'a/../../evil']) {
    const tar = execFileSync('tar', ['--create', '--file=-', '-P', '-C', at('in'), `--transform=s|^x$|${name}|`, 'x']);
    writeFileSync(at('bad.tar.zst'), zstdCompressSync(tar));
    await assert.rejects(
      unpackTree(at('bad.tar.zst'), at('target')),
      (error) => error instanceof CodeOptimaError && error.code === 'bad_input',
    );
    assert.deepEqual([existsSync(at('evil')), existsSync(at('target'))], [false, false]);
  }
});

test('an absolute name lands inside', async () => {
  mkdirSync(at('in'));
  writeFileSync(at('in/x'), 'evil');
  const tar = execFileSync('tar', ['--create', '--file=-', '-P', at('in/x')]);
  rmSync(at('in'), { recursive: true });
  writeFileSync(at('abs.tar.zst'), zstdCompressSync(tar));
  await unpackTree(at('abs.tar.zst'), at('target'));
  assert.equal(existsSync(at('in')), false);
  assert.ok(existsSync(join(at('target'), at('in/x'))));
});

test('a cut archive is an error and leaves nothing', async () => {
  await packTree(tree(), at('x.tar.zst'));
  truncateSync(at('x.tar.zst'), statSync(at('x.tar.zst')).size - 20);
  await assert.rejects(unpackTree(at('x.tar.zst'), at('target')), (error) => error instanceof CodeOptimaError && error.code === 'internal');
  assert.equal(readdirSync(folder).includes('target'), false);
});
