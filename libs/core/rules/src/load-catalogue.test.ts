import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadCatalogue } from './load-catalogue.ts';
import { compileRule } from './rule.ts';
import { STEPS } from './steps/registry.ts';

const rules = loadCatalogue();

test('the catalogue is loaded once, in order, without doubles', () => {
  assert.equal(loadCatalogue(), rules);
  const ids = rules.map((rule) => rule.id);
  assert.deepEqual(ids, [...new Set(ids)].toSorted());
  assert.ok(ids.length >= 16);
});

test('every step is used by a rule', () => {
  const used = new Set(rules.flatMap((rule) => rule.where.map((step) => step.name)));
  assert.deepEqual(
    [...STEPS.keys()].filter((name) => !used.has(name)),
    [],
  );
});

test('every variable of a rule is bound before it is used', () => {
  for (const rule of rules) {
    const bound = new Set(['MATCH', ...[...JSON.stringify(rule.match).matchAll(/\$([A-Z][A-Z0-9_]*)/g)].map((match) => match[1])]);
    for (const step of rule.where) {
      for (const arg of step.args) if (arg.startsWith('$')) assert.ok(bound.has(arg.slice(1)), `${rule.id}: ${arg} in ${step.name}`);
      if (step.into !== null) bound.add(step.into);
    }
    for (const edit of rule.edits) {
      for (const match of `${edit.at} ${edit.text}`.matchAll(/\$([A-Z][A-Z0-9_]*)/g))
        assert.ok(bound.has(match[1]), `${rule.id}: ${match[0]}`);
    }
  }
});

test('a rule with an unknown step or without its assumption is refused', () => {
  const { where: _where, ...file } = rules[0] as (typeof rules)[number];
  assert.throws(() => compileRule({ ...file, where: ['no_such_step $ARR'] }), /there is no step "no_such_step"/);
  assert.throws(() => compileRule({ ...file, where: ['$x = y'] }), /cannot read the step/);
  const { assumption: _assumption, ...bare } = file;
  assert.throws(() => compileRule({ ...bare, safety: 'assumes', where: [] }), /does not say what/);
});
