import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadCatalogue } from './load-catalogue.ts';
import { findCandidates } from './find.ts';
import { firstDifference } from './testing/execute.ts';
import { GENERATORS, instantiate, seededRandom } from './testing/generators.ts';

const PROGRAMS = 40;
const CALLS = 12;
const WARNED = /does not change|no holes|throws|__proto__|neither changes/;
const seed = Number(process.env['CODEOPTIMA_FUZZ_SEED'] ?? 20261121);

for (const rule of loadCatalogue()) {
  for (const [index, fuzz] of rule.fuzz.entries()) {
    test(`${rule.id}: random programs of template ${index + 1} behave as before (CODEOPTIMA_FUZZ_SEED=${seed})`, async (t) => {
      const random = seededRandom(seed + index);
      let fired = 0;
      for (let n = 0; n < PROGRAMS || (fired === 0 && n < 10 * PROGRAMS); n++) {
        const source = instantiate(random, fuzz.program, fuzz.choices);
        const { matches } = findCandidates({ file: 'fuzz.js', source, language: 'js', rules: [rule.id] });
        if (matches.length > 0) fired++;
        for (const match of matches) {
          const inputs = Array.from({ length: CALLS }, () =>
            fuzz.arguments.map((name) => GENERATORS[name]?.(random) ?? 'undefined').join(', '),
          );
          const difference = await firstDifference(source, match.new_source, 'js', inputs);
          // A difference that the candidate itself warns of is for the verifier to find.
          if (difference !== null && match.assumptions.some((text) => WARNED.test(text))) continue;
          assert.equal(difference, null, `seed ${seed}, program ${n}\n--- before\n${source}\n--- after\n${match.new_source}`);
        }
      }
      t.diagnostic(`${fired} of ${PROGRAMS} programs were rewritten`);
      assert.ok(fired > 0, 'the template never fires');
    });
  }
}
