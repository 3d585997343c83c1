// Runs a script of the package in the current folder, else a program of its dependencies, as `yarn X` and `pnpm X` do once all is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';

const [manager, ...args] = process.argv.slice(2);
while (args[0]?.startsWith('-') && args[0] !== '--version') args.shift();
if (['run', 'run-script', 'exec'].includes(args[0])) {
  args.shift();
  while (args[0]?.startsWith('-')) args.shift();
}
const [name, ...rest] = args;
if (rest[0] === '--') rest.shift();

const fail = (sentence, code) => {
  console.error(`${manager}: ${sentence}`);
  process.exit(code);
};

/** The nearest folder with a package.json. */
function packageFolder() {
  for (let at = process.cwd(); ; at = dirname(at)) {
    if (existsSync(join(at, 'package.json'))) return at;
    if (at === dirname(at)) fail(`there is no package.json in ${process.cwd()} or above it`, 1);
  }
}

const shellWord = (word) => (/^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

if (name === undefined || name === 'install' || name === 'add')
  fail('nothing is installed here: the network is off', name === 'install' ? 0 : 1);
if (name === '--version') {
  console.log(manager === 'yarn' ? '1.22.22' : '10.0.0');
  process.exit(0);
}
const folder = packageFolder();
const scripts = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).scripts ?? {};
const bins = [];
for (let at = folder; ; at = dirname(at)) {
  bins.push(join(at, 'node_modules/.bin'));
  if (at === dirname(at)) break;
}
const commands = [`pre${name}`, name, `post${name}`].filter((each) => each in scripts).map((each) => [each, scripts[each]]);
const isScript = name in scripts;
if (!isScript && !bins.some((bin) => existsSync(resolve(bin, name))))
  fail(`there is neither a script nor an installed program '${name}'`, 1);
const steps = isScript ? commands : [[name, name]];
for (const [event, command] of steps) {
  const line = event === name ? [command, ...rest.map(shellWord)].join(' ') : command;
  const result = spawnSync('sh', ['-c', line], {
    cwd: isScript ? folder : process.cwd(),
    stdio: 'inherit',
    env: { ...process.env, PATH: [...bins, process.env.PATH].join(delimiter), npm_lifecycle_event: event },
  });
  if (result.status !== 0) process.exit(result.status ?? 1);
}
