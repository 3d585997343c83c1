import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('tags', () => {
  const note = new lib.Note('x').tag('a').tag('b').tag('a');
  assert.deepEqual(note.tags, ['a', 'b']);
  assert.equal(note.untag('a'), true);
  assert.equal(note.untag('q'), false);
  assert.equal(note.tag('a').toString(), 'x [b, a]');
  const Other = lib.Tagged(class { kind = 'other'; });
  assert.deepEqual(new Other().tag(1).tags, ['1']);
});
