// Writes each outcome that mocha tells as one JSON object a line, at once, to the file that the environment names. Mocha of any version
// takes a reporter by its path; its own JSON goes to a file in late versions only. Runs inside the sandbox, with the repository's tests.
'use strict';
const { appendFileSync } = require('node:fs');

const report = process.env.CODEOPTIMA_MOCHA_REPORT;
// Loaded before any test: none of them sees that it is watched.
delete process.env.CODEOPTIMA_MOCHA_REPORT;

const numbers = new WeakMap();
let seen = 0;

/** A test that fails after it passed is told twice, under one number. */
function numberOf(test) {
  if (!numbers.has(test)) numbers.set(test, seen++);
  return numbers.get(test);
}

module.exports = function Reporter(runner) {
  const tell = (status) => (test, error) => {
    const message = status === 'failed' ? String((error && error.message) || error || '').slice(0, 2000) : null;
    const outcome = { n: numberOf(test), status, file: test.file || null, title: test.fullTitle(), duration_ms: test.duration || null, message };
    appendFileSync(report, `${JSON.stringify(outcome)}\n`);
  };
  runner.on('pass', tell('passed'));
  runner.on('pending', tell('skipped'));
  runner.on('fail', tell('failed'));
};
