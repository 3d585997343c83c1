import assert from 'node:assert/strict';
import { test } from 'node:test';
import { functionsOf, languageOfPath, normalisedHash } from './functions.ts';

const shown = (source: string, language: 'js' | 'ts' | 'python' | 'cpp'): string[] =>
  functionsOf(source, language).map(({ name, start_line, end_line }) => `${name} ${start_line}-${end_line}`);

test('finds declarations, methods, arrows and nested functions', () => {
  const source = `import x from 'x';
export async function first(a, { b } = {}) {
  if (a) { return 1; }
  function inner() {
    return b;
  }
  return inner();
}
class Box {
  #n = 0;
  get size() { return this.#n; }
  add(item) {
    for (const each of item) {
      this.#n += each;
    }
  }
}
const short = (list) => list.map((x) => x + 1);
export const long = async (list: string[]): Promise<void> => {
  await list;
};
const table = { a: 1, handle(event) { return event; } };
`;
  assert.deepEqual(shown(source, 'ts'), ['first 2-8', 'inner 4-6', 'size 11-11', 'add 12-16', 'short 18-18', 'long 19-21', 'handle 22-22']);
});

test('finds functions of Python by indent, with texts and brackets over several lines', () => {
  const source =
    'import re\n\ndef one(a,\n        b):\n    """doc\nat the margin"""\n    return [\n        a,\n    ]\n\nclass A:\n    def two(self):\n        pass\n\n    async def three(self):\n        return 1\n\nx = 1\n';
  assert.deepEqual(shown(source, 'python'), ['one 3-9', 'two 12-13', 'three 15-16']);
});

test('finds functions of C++ with qualifiers and templates', () => {
  const source =
    'namespace a {\ntemplate <typename T>\nT twice(const T& x) {\n  return x + x;\n}\nint Box::size() const noexcept {\n  while (true) { }\n}\n}  // namespace a\n';
  assert.deepEqual(shown(source, 'cpp'), ['twice 3-5', 'size 6-8']);
});

test('the hash ignores layout and comments, and nothing else', () => {
  const hash = (source: string): string => normalisedHash(source, 'js');
  assert.equal(hash('function f(a) {\n  return a + 1; // one\n}'), hash('function f(a) { return a+1 }'));
  assert.notEqual(hash('function f(a) { return a + 1 }'), hash('function f(b) { return b + 1 }'));
  const python = (source: string): string => normalisedHash(source, 'python');
  assert.equal(python('def f(a):\n    return a  # x\n\n'), python('def f(a):\n\n    return a'));
  assert.notEqual(python('if a:\n    b()\n    c()\n'), python('if a:\n    b()\nc()\n'));
});

test('survives any text', () => {
  for (const source of ['', '{', '}}}', 'function', 'def', 'const a = () =>', '=> {', '('.repeat(5000), '{'.repeat(5000)])
    for (const language of ['js', 'python', 'cpp'] as const) assert.ok(Array.isArray(functionsOf(source, language)));
});

test('knows languages by the ending', () => {
  assert.deepEqual(['a.js', 'a.mts', 'a.d.ts', 'a.py', 'b/a.hpp', 'a.md', 'a.min.js'].map(languageOfPath), [
    'js',
    'ts',
    null,
    'python',
    'cpp',
    null,
    null,
  ]);
});
