import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONFIG_FLAGS } from './flags.ts';
import { nodeAt, runConfigSchema } from './schema-node.ts';

test('every flag sets a key that exists', () => {
  for (const { flag, key } of CONFIG_FLAGS) assert.ok(nodeAt(runConfigSchema(), key), flag);
});
