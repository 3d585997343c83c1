import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkCase, runGenerated } from './cases/case-repository.ts';
import { soundCases } from './cases/sound.ts';
import { wrongCases } from './cases/wrong.ts';

const seed = 1;
/** Starting processes leaves the cores idle: three at once fill two of them. */
const AT_ONCE = 3;

describe('wrong changes that pass their tests', { concurrency: AT_ONCE }, () => {
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

describe('a machine so busy that the time is over before the first input', () => {
  const lost = wrongCases.find((item) => item.name === 'NaN no longer found');
  assert.ok(lost);

  it('tries a round all the same', async () => {
    const report = await checkCase(lost, { seed, budget_ms: 1 });
    assert.equal(report.verdict, 'differs', `seed ${seed}: ${JSON.stringify(report, null, 1)}`);
  });

  it('says when it could not try enough, and searches nothing when told so', async () => {
    const same = { ...lost, candidate: lost.base.replace('list.includes', 'list . includes') };
    const thin = await checkCase(same, { seed, budget_ms: 1 });
    assert.ok(thin.searched.inputs > 0 && thin.uncovered.some((text) => text.includes('no time for them')), JSON.stringify(thin));
    const none = await checkCase(same, { seed, budget_ms: 0 });
    assert.deepEqual([none.searched.inputs, none.uncovered], [0, []]);
  });
});

describe('sound changes', { concurrency: AT_ONCE }, () => {
  for (const item of soundCases)
    it(`accepts ${item.name}`, async () => {
      const report = await checkCase(item, { seed, inputs_max: 300 });
      assert.equal(report.verdict, 'same', `seed ${seed}: ${JSON.stringify(report, null, 1)}`);
      assert.ok(report.functions.some((item) => item.sessions_kept > 0));
    });
});
