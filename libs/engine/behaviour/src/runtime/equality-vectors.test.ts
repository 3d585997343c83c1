import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Decoder } from './decode.ts';
import { Encoder } from './encode.ts';
import type { Node, Value } from './graph.ts';

interface Vector {
  name: string;
  left: { value: Value; nodes?: Node[] };
  right: { value: Value; nodes?: Node[] };
  equal: boolean;
}

const vectors = JSON.parse(readFileSync(new URL('../../vectors/behaviour-equality.json', import.meta.url), 'utf8')) as Vector[];

function build({ value, nodes = [] }: Vector['left']): unknown {
  const nothing = (): undefined => undefined;
  return new Decoder(nodes, {
    classOf: nothing,
    functionOf: nothing,
    exportOf: nothing,
    output: nothing,
    callback: nothing,
    iterator: () => ({}),
    opaque: nothing,
  }).value(value);
}

function canonical(value: unknown): string {
  const encoder = new Encoder({ limit_nodes: 1000, limit_text: 10_000, canonical: true, classId: () => undefined });
  return JSON.stringify([encoder.value(value), encoder.nodes]);
}

describe('the shared vectors of behaviour equality', () => {
  for (const { name, left, right, equal } of vectors)
    it(`${name}: ${equal ? 'the same' : 'different'}`, () => {
      assert.equal(canonical(build(left)) === canonical(build(right)), equal);
    });
});

describe('carrying values', () => {
  const values: [string, unknown][] = [
    ['nested plain data', { a: [1, { b: null }], c: undefined }],
    ['holes and extra properties', Object.assign([1], { length: 3, extra: true })],
    ['Map and Set with objects', [new Map([[{ a: 1 }, new Set([NaN, -0])]])]],
    ['dates and expressions', [new Date(5), new Date(NaN), /a+/giu]],
    ['views of one buffer', ((buffer) => [new Uint8Array(buffer), new Uint16Array(buffer, 2, 1)])(new ArrayBuffer(8))],
    ['errors', [new RangeError('x', { cause: 'y' }), Object.assign(new Error('z'), { code: 7 })]],
    ['symbols and big integers', { [Symbol.iterator]: 1n, [Symbol.for('k')]: Symbol.for('v') }],
    ['states', [Object.freeze({ a: 1 }), Object.seal([1]), Object.preventExtensions({})]],
    ['descriptors', Object.defineProperty({}, 'hidden', { value: 1, enumerable: false })],
    ['boxed and without prototype', [Object('text'), Object.create(null)]],
    ['a key called __proto__', JSON.parse('{"__proto__": 1}')],
    ['abort signals', [AbortSignal.abort('x'), AbortSignal.abort(), new AbortController().signal]],
    ['lone surrogates', '\ud800x'],
  ];
  const cycle: { self?: unknown; twice: unknown[] } = { twice: [] };
  cycle.self = cycle;
  cycle.twice = [values, values].map((item) => item[0]?.[1]);
  for (const [name, value] of [...values, ['cycles and shared references', cycle] as [string, unknown]])
    it(`keeps ${name}`, () => {
      const encoder = new Encoder({ limit_nodes: 1000, limit_text: 10_000, classId: () => undefined });
      const root = encoder.value(value);
      assert.deepEqual([...encoder.problems], []);
      const text = JSON.stringify({ root, nodes: encoder.nodes });
      const read = JSON.parse(text) as { root: Value; nodes: Node[] };
      assert.equal(canonical(build({ value: read.root, nodes: read.nodes })), canonical(value));
    });

  it('names what cannot be carried', () => {
    const reasonsOf = (value: unknown): string[] => {
      const encoder = new Encoder({ limit_nodes: 50, limit_text: 100, classId: () => undefined });
      encoder.value(value);
      return [...encoder.problems];
    };
    class Local {
      readonly field = 1;
    }
    assert.deepEqual(reasonsOf(new Local()), ['instance of a class outside the package']);
    assert.deepEqual(reasonsOf(new WeakMap()), ['weak collection']);
    assert.deepEqual(
      reasonsOf({
        get a() {
          return 1;
        },
      }),
      ['accessor property'],
    );
    assert.deepEqual(reasonsOf('x'.repeat(200)), ['too large']);
    assert.deepEqual(reasonsOf(Promise.resolve(1)), ['promise as a value']);
    assert.deepEqual(reasonsOf(new Proxy({}, {})), ['proxy']);
  });
});
