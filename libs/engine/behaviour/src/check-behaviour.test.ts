import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkCase, runGenerated } from './cases/case-repository.ts';
import { soundCases } from './cases/sound.ts';
import { wrongCases } from './cases/wrong.ts';

const seed = 1;

describe('wrong changes that pass their tests', () => {
  for (const item of wrongCases)
    it(`finds ${item.name}`, async () => {
      const report = await checkCase(item, { seed });
      assert.equal(report.verdict, 'differs', `seed ${seed}: ${JSON.stringify(report, null, 1)}`);
      assert.ok(report.difference?.in_domain);
      assert.notEqual(report.difference.base_outcome, report.difference.candidate_outcome);
      const generated = await runGenerated(item, report.difference.as_test);
      assert.equal(
        generated.base.exit_code,
        0,
        `the generated test fails on the base: ${report.difference.as_test}\n${generated.base.stdout}`,
      );
      assert.notEqual(generated.candidate.exit_code, 0, `the generated test passes on the candidate: ${report.difference.as_test}`);
    });
});

describe('sound changes', () => {
  for (const item of soundCases)
    it(`accepts ${item.name}`, async () => {
      const report = await checkCase(item, { seed, inputs_max: 300 });
      assert.equal(report.verdict, 'same', `seed ${seed}: ${JSON.stringify(report, null, 1)}`);
      assert.ok(report.functions.some((item) => item.sessions_kept > 0));
    });
});
