import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TomlLines } from './toml-lines.ts';

const text = `# comment with = and [brackets]
a = 1
"quoted key" = "x = [y"
list = [ # a comment with ] inside
  "]",
  'it''',
]
b.c = 2
[table."dotted.name"]
deep = '''
k = 1
[fake]
'''
after = true
[[many]]
x = 1
[[many]]
x = { y = 2 }
`;

test('finds keys behind comments, strings, lists and multi-line strings', () => {
  const lines = new TomlLines(text);
  const at = (...path: (string | number)[]): number => lines.lineOf(path);
  assert.deepEqual(
    [at('a'), at('quoted key'), at('list'), at('b', 'c'), at('table', 'dotted.name', 'after'), at('many', 0, 'x'), at('many', 1, 'x')],
    [2, 3, 4, 8, 14, 16, 18],
  );
});

test('an unknown key falls back to the table around it, then to line 1', () => {
  const lines = new TomlLines(text);
  assert.equal(lines.lineOf(['many', 1, 'x', 'y']), 18);
  assert.equal(lines.lineOf(['many', 0, 'missing']), 15);
  assert.equal(lines.lineOf(['nowhere']), 1);
});
