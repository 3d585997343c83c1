import assert from 'node:assert/strict';
import { test } from 'node:test';
import { branchName } from './branch-name.ts';

test('a branch is called after its first change', () => {
  assert.equal(branchName([{ title: 'perf(orders): look products up in a Set' }]), 'codeoptima/orders-look-products-up-in-a-set');
  assert.equal(branchName([{ title: 'perf(a): b' }, { title: 'x' }, { title: 'y' }]), 'codeoptima/a-b-and-2-more');
});

test('no title makes a name that git or a shell would mistake', () => {
  for (const title of ['', '../../x', 'perf(ü): größe', '--force', 'a..b~^:?*[\\', 'x'.repeat(300), '\u0000\n']) {
    assert.match(branchName([{ title }]), /^codeoptima\/[a-z0-9][a-z0-9-]{0,59}$/u, title);
  }
});
