import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadCatalogue } from './load-catalogue.ts';
import { findCandidates } from './find.ts';
import type { Rule } from './rule.ts';
import { firstDifference } from './testing/execute.ts';

const apply = (rule: Rule, source: string, language: 'js' | 'jsx' | 'ts' | 'tsx') =>
  findCandidates({ file: `f.${language}`, source, language, rules: [rule.id] });

test('every rule shows where it must fire, where it must not, and that it keeps behaviour', () => {
  const unproved = loadCatalogue().filter(
    ({ fixtures: { fires, refuses, behaves } }) =>
      fires.length === 0 || refuses.length === 0 || (behaves.length === 0 && fires.every(({ inputs }) => inputs.length === 0)),
  );
  assert.deepEqual(
    unproved.map(({ id }) => id),
    [],
  );
});

for (const rule of loadCatalogue()) {
  describe(rule.id, () => {
    for (const fixture of rule.fixtures.fires) {
      test(`fires: ${fixture.name}`, async () => {
        const { matches, skipped } = apply(rule, fixture.before, fixture.language);
        assert.equal(matches[0]?.new_source, fixture.after, JSON.stringify(skipped));
        // All places together come first; each of them alone is a candidate too.
        for (const match of fixture.inputs.length > 0 ? matches : [])
          assert.equal(await firstDifference(fixture.before, match.new_source, fixture.language, fixture.inputs), null, match.new_source);
      });
    }
    for (const fixture of rule.fixtures.refuses) {
      test(`refuses: ${fixture.name}`, () => {
        const { matches, skipped } = apply(rule, fixture.code, fixture.language);
        assert.deepEqual(
          matches.map((match) => match.new_source),
          [],
        );
        const reasons = skipped.map((skip) => skip.reason.split(':')[0]);
        if (fixture.because === 'no match') assert.deepEqual(reasons, []);
        else assert.ok(reasons.includes(fixture.because), `refused by ${JSON.stringify(skipped)}`);
      });
    }
    for (const fixture of rule.fixtures.behaves) {
      test(`keeps behaviour: ${fixture.name}`, async () => {
        const { matches, skipped } = apply(rule, fixture.before, fixture.language);
        assert.ok(matches.length > 0, JSON.stringify(skipped));
        for (const match of matches)
          assert.equal(await firstDifference(fixture.before, match.new_source, fixture.language, fixture.inputs), null, match.new_source);
      });
    }
  });
}
