import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, beforeEach, describe, it } from 'node:test';
import type { ArtifactStore } from './artifact-store.ts';
import { openDirectoryStore } from './directory-store.ts';

const parent = mkdtempSync(join(tmpdir(), 'artifacts-'));
let count = 0;
let root = '';
let store: ArtifactStore;

beforeEach(async () => {
  root = join(parent, `objects ${(count += 1)}`);
  store = await openDirectoryStore(root);
});
after(() => rmSync(parent, { recursive: true, force: true }));

const refOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const pathOf = (ref: string): string => join(root, ref.slice(7, 9), ref.slice(7));
const files = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);

describe('object store in a directory', () => {
  it('gives the same reference for the same bytes, whatever they come from', async () => {
    const file = join(parent, 'file');
    writeFileSync(file, 'content');
    const sources = ['content', Buffer.from('content'), Readable.from([Buffer.from('con'), Buffer.from('tent')]), { file }];
    for (const source of sources) assert.equal(await store.put(source), refOf('content'));
    assert.equal((await store.get(refOf('content'))).toString(), 'content');
    assert.deepEqual(await store.stat(refOf('content')), { size_bytes: 7 });
    assert.deepEqual(files(root), [refOf('content').slice(7)]);
    assert.equal(await store.put(''), refOf(''));
  });

  it('is closed to other users', async () => {
    const path = pathOf(await store.put('secret'));
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(statSync(join(path, '..')).mode & 0o777, 0o700);
    assert.equal(statSync(root).mode & 0o777, 0o700);
  });

  it('writes a verified file that appears whole or not at all', async () => {
    const ref = await store.put(Readable.from([Buffer.alloc(3_000_000, 1), Buffer.alloc(10, 2)]));
    const target = join(parent, 'target');
    await store.getToFile(ref, target);
    assert.equal(`sha256:${createHash('sha256').update(readFileSync(target)).digest('hex')}`, ref);
    writeFileSync(pathOf(ref), 'damaged');
    await assert.rejects(store.getToFile(ref, join(parent, 'never')), { code: 'internal', message: /damaged/ });
    await assert.rejects(store.get(ref), { code: 'internal', message: /damaged/ });
    assert.deepEqual(
      files(parent).filter((name) => /never|draft/.test(name)),
      [],
    );
    // The next put of the same bytes heals it.
    assert.equal(await store.put(Readable.from([Buffer.alloc(3_000_000, 1), Buffer.alloc(10, 2)])), ref);
    assert.equal((await store.get(ref)).length, 3_000_010);
  });

  it('says what is not there and what is no reference', async () => {
    const missing = refOf('never stored');
    assert.equal(await store.has(missing), false);
    await assert.rejects(store.get(missing), { code: 'not_found' });
    await assert.rejects(store.stat(missing), { code: 'not_found' });
    await assert.rejects(store.getToFile(missing, join(parent, 'x')), { code: 'not_found' });
    await assert.rejects(store.get('sha256:../../../etc/passwd'), { code: 'bad_input' });
  });

  it('leaves nothing behind when a source breaks off', async () => {
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('begin');
        await Promise.resolve();
        throw new Error('source broke');
      })(),
    );
    await assert.rejects(store.put(broken), /source broke/);
    await assert.rejects(store.put({ file: join(parent, 'missing') }), { code: 'internal' });
    assert.deepEqual(files(root), []);
  });

  it('says that the disk is full, leaves nothing behind, and works again when there is room', () => {
    const mount = join(parent, 'small');
    mkdirSync(mount);
    const module = JSON.stringify(join(import.meta.dirname, 'directory-store.ts'));
    const source = `
      import { readdirSync } from 'node:fs';
      import { openDirectoryStore } from ${module};
      const store = await openDirectoryStore(${JSON.stringify(join(mount, 'objects'))});
      const error = await store.put(Buffer.alloc(2_000_000, 7)).catch((error) => error);
      const left = readdirSync(${JSON.stringify(mount)}, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
      const after = await store.put('small');
      console.log(JSON.stringify({ code: error.code, left, after }));`;
    const script = 'mount -t tmpfs -o size=1m none "$1" && shift && exec "$@"';
    const namespace = ['--user', '--map-root-user', '--mount', 'sh', '-c', script, 'sh', mount];
    const said = execFileSync('unshare', [...namespace, process.execPath, '--input-type=module', '-e', source], { encoding: 'utf8' });
    assert.deepEqual(JSON.parse(said), { code: 'disk_full', left: 0, after: refOf('small') });
  });

  it('collects what is old and not reachable, and the drafts of the dead', async () => {
    const [kept, fresh, old] = [await store.put('kept'), await store.put('fresh'), await store.put('old')];
    const draft = join(root, 'drafts', 'of a dead process');
    writeFileSync(draft, 'x');
    const long_ago = new Date('2020-01-01');
    for (const path of [pathOf(kept), pathOf(old), draft]) utimesSync(path, long_ago, long_ago);
    const before_ms = new Date('2021-01-01').getTime();
    assert.deepEqual(await store.collect(new Set([kept]), before_ms), { removed: 2, removed_bytes: 4 });
    assert.deepEqual([await store.has(kept), await store.has(fresh), await store.has(old), existsSync(draft)], [true, true, false, false]);
  });
});
