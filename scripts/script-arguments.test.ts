import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';

const ROOT = resolve(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const SCRIPT = `
  const { scriptArguments } = await import(${JSON.stringify(join(import.meta.dirname, 'script-arguments.ts'))});
  const { values, positionals } = scriptArguments({
    name: 'paint', help: 'usage: paint [--coats N] [--colours LIST] [WALL]', positionals_max: 1,
    options: { coats: { type: 'string', default: '2' }, colours: { type: 'string' } },
    numbers: ['coats'], choices: { colours: ['red', 'green'] },
  });
  console.log(JSON.stringify({ ...values, positionals }));`;

const ended = (command: string, args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8' });
  return { status, stdout: stdout.trimEnd(), stderr: stderr.trimEnd() };
};
const paint = (...args: string[]) => ended(process.execPath, ['--input-type=module', '-e', SCRIPT, '--', 'paint', ...args]);

describe('the command line of a script', () => {
  it('is read', () => {
    const { status, stdout } = paint('--colours', 'red,green', 'north');
    assert.deepEqual([status, JSON.parse(stdout)], [0, { coats: '2', colours: 'red,green', positionals: ['north'] }]);
  });

  it('teaches with --help', () => {
    assert.deepEqual(paint('--coats', 'x', '--help'), {
      status: 0,
      stdout: 'usage: paint [--coats N] [--colours LIST] [WALL]',
      stderr: '',
    });
  });

  for (const [args, sentence] of [
    [['--nonsense'], "Unknown option '--nonsense'"],
    [['--coats'], "Option '--coats <value>' argument missing"],
    [['--coats', 'many'], '--coats many is no number'],
    [['--colours', 'red,blue'], "--colours knows no 'blue'; there are red, green"],
    [['north', 'south'], "'south' is one word too many"],
  ] as const)
    it(`refuses ${args.join(' ')} in one sentence`, () => {
      assert.deepEqual(paint(...args), { status: 2, stdout: '', stderr: `paint: ${sentence}. --help says what it takes.` });
    });
});

describe('the scripts of this repository', () => {
  it('read their arguments nowhere else', () => {
    const others = globSync(['bench/**/*.ts', 'scripts/**/*.ts'], { cwd: ROOT })
      // The peers of the memory benchmark are programs that it starts.
      .filter((path) => !path.includes('script-arguments') && !path.startsWith('bench/memory/peer-'))
      .filter((path) => /process\.argv|parseArgs/.test(read(path)));
    assert.deepEqual(others, []);
  });

  it('answer --help in the shell too, and refuse what they do not know', () => {
    for (const name of ['setup', 'setup-memory', 'setup-nats', 'lint', 'generate', 'test']) {
      const help = ended('sh', [`scripts/${name}.sh`, '--help']);
      assert.deepEqual([help.status, help.stderr], [0, ''], name);
      assert.match(help.stdout, /^\S.*[.:]/, name);
    }
    for (const name of ['setup', 'setup-memory', 'setup-nats', 'lint', 'generate']) {
      const refused = ended('sh', [`scripts/${name}.sh`, 'nonsense']);
      assert.deepEqual([refused.status, refused.stderr], [2, `${name}: takes no 'nonsense'. --help says what it takes.`], name);
    }
  });

  it('print the parts of npm run bench, and refuse another one', () => {
    const help = ended(process.execPath, ['bench/main.ts', '--help']);
    assert.match(help.stdout, /usage: npm run bench[^]*fleet, planner, run, false-wins/);
    const refused = ended(process.execPath, ['--disable-warning=ExperimentalWarning', 'bench/main.ts', 'nonsense']);
    const sentence = "npm run bench: there is no part 'nonsense'; there are fleet, planner, run, false-wins. --help says what it takes.";
    assert.deepEqual(refused, { status: 2, stdout: '', stderr: sentence });
  });
});
