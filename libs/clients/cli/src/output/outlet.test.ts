import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { outlet } from './outlet.ts';

const failing = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });

test('a reader that went away is told of once, and nothing more is written', async () => {
  const stream = failing();
  const { write, onClosed } = outlet([stream]);
  let told = 0;
  const stop = onClosed(() => (told += 1));
  onClosed(() => assert.fail('has left'))();
  write(stream, 'a');
  write(stream, 'b');
  await new Promise(setImmediate);
  assert.equal(told, 1);
  write(stream, 'c');
  onClosed(() => (told += 1));
  await new Promise(setImmediate);
  assert.equal(told, 2, 'also who asks later is told');
  stop();
});

test('a command whose reader goes away ends without a stack', async () => {
  const main = join(import.meta.dirname, '../main.ts');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let said = '';
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  assert.deepEqual([said, code], ['', 0]);
});
