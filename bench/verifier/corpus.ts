import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, extname, join, resolve } from 'node:path';
import { productPatch } from '@codeoptima/verifier';
import { z } from 'zod';
import { refuse, scriptArguments } from '../../scripts/script-arguments.ts';
import { KeptRows } from './kept-rows.ts';
import { layPart } from './part/part-of-release.ts';
import { type CorpusRow, corpusTable, isRightOf, type PartRow } from './tables/corpus.ts';

const Entry = z.looseObject({
  id: z.string(),
  language: z.string(),
  verdict: z.enum(['improve', 'refuse']),
  package: z.string(),
  before: z.string(),
  after: z.string().nullable(),
  snippet: z.string(),
  upstream_ratio: z.number(),
});
const Answer = z.looseObject({ verdict: z.string(), reason: z.string(), provable_pct: z.number().nullable(), difference: z.unknown() });

const Manifest = z.looseObject({ dependencies: z.record(z.string(), z.string()).default({}) });

const HELP = `usage: npm run exam -- [--corpus DIR] [--only ID,ID] [--search SECONDS] [--minutes N] [--rows FILE]

The exam on known fixes: base = the published version before, candidate = the one after, workload = the snippet of the entry. Only what
the later version changed in the product counts: tests, benchmarks and settings stay those of the base. Where a whole release that is to be
an improvement is not certified, the part of it that the workload runs is judged as well. Needs the npm registry.

  --corpus DIR       holds corpus.json and the snippets (../shared/corpus)
  --only ID,ID       these entries only
  --search SECONDS   how long inputs are searched that tell base and candidate apart (30)
  --minutes N        an entry without a verdict is ended after N minutes, and says so (15)
  --rows FILE        append rows to FILE; entries that stand there are not judged again`;

const { values } = scriptArguments({
  name: 'npm run exam',
  help: HELP,
  options: {
    corpus: { type: 'string', default: '../shared/corpus' },
    only: { type: 'string' },
    search: { type: 'string', default: '30' },
    minutes: { type: 'string', default: '15' },
    rows: { type: 'string' },
  },
  numbers: ['search', 'minutes'],
});
const only = values.only?.split(',');
const corpus = resolve(values.corpus);
if (!existsSync(join(corpus, 'corpus.json'))) refuse('npm run exam', `--corpus ${values.corpus}: there is no corpus.json`);
const entries = z.array(Entry).parse(JSON.parse(readFileSync(join(corpus, 'corpus.json'), 'utf8')));
const missing = only?.find((id) => !entries.some((entry) => entry.id === id));
if (missing !== undefined) refuse('npm run exam', `there is no entry '${missing}'; there are ${entries.map(({ id }) => id).join(', ')}`);
const cli = resolve(import.meta.dirname, '../../libs/clients/cli/src/main.ts');

const git = (dir: string, ...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=exam', '-c', 'user.email=exam@localhost', ...args], {
    cwd: dir,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });

/** Unpacks a published version over the tracked files of a repository and commits it. */
function commitVersion(dir: string, name: string, version: string): void {
  const [packed] = z
    .array(z.looseObject({ filename: z.string() }))
    .parse(JSON.parse(execFileSync('npm', ['pack', '--silent', '--json', `${name}@${version}`], { cwd: dir, encoding: 'utf8' })));
  execFileSync('tar', ['xzf', packed?.filename ?? '', '--strip-components=1'], { cwd: dir });
  rmSync(join(dir, packed?.filename ?? ''));
  git(dir, 'add', '--all');
  git(dir, 'commit', '-qm', version);
}

function judge(dir: string, patch: string, snippet: string, module: string | null): Promise<z.infer<typeof Answer>> {
  const args = [
    cli,
    'verify',
    dir,
    '--base',
    'HEAD',
    '--patch',
    patch,
    '--workload',
    snippet,
    ...(module === null ? [] : ['--entry', module]),
    '--allow-surface',
    '--max-lines',
    '5000',
    '--search',
    values.search,
    '--data-dir',
    join(dir, '../data'),
    '--json',
  ];
  return new Promise((done) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'], timeout: Number(values.minutes) * 60_000 });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
    child.on('close', (code, signal) => {
      const parsed = Answer.safeParse(JSON.parse(out.trim().split('\n').at(-1) || '{}'));
      const ended = signal === null ? `exit ${String(code)}` : `no verdict in ${values.minutes} minutes`;
      done(parsed.success ? parsed.data : { verdict: ended, reason: out.slice(0, 200), provable_pct: null, difference: null });
    });
  });
}

/** Changed modules that a snippet means by a name it uses, their own or that of an export: some are written for one module of a package. */
function modulesNamed(dir: string, patch: string, snippet: string): string[] {
  const words = [...new Set(readFileSync(snippet, 'utf8').match(/[\w$]+/g))];
  const files = [...patch.matchAll(/^\+\+\+ b\/(.+\.[cm]?js)$/gm)]
    .map((match) => match[1] ?? '')
    .filter((file) => existsSync(join(dir, file)));
  const exported = (file: string): boolean => {
    const text = readFileSync(join(dir, file), 'utf8');
    return words.some((word) => text.includes(`exports.${word} = ${word}`));
  };
  return files.filter((file) => words.includes(basename(file, extname(file))) || exported(file));
}

/** The package's entry first; a module of it only where that runs nothing of the change. */
async function judgeFrom(dir: string, patch: string, snippet: string, modules: readonly string[]): Promise<z.infer<typeof Answer>> {
  const answer = await judge(dir, patch, snippet, null);
  const ranNothing = answer.verdict === 'exit 2' || /could be recorded/.test(answer.reason);
  const [module] = modules;
  return ranNothing && module !== undefined ? await judge(dir, patch, snippet, module) : answer;
}

/** Judges the part of a release that the workload runs; null where it cannot be told from the rest. */
async function judgePart(dir: string, after: string, snippet: string, modules: readonly string[]): Promise<PartRow | null> {
  const before = join(dir, '../before');
  cpSync(dir, before, { recursive: true });
  for (const tree of [before, after]) {
    writeFileSync(join(tree, '.git/info/exclude'), 'node_modules/\n');
    const { dependencies } = Manifest.parse(JSON.parse(readFileSync(join(tree, 'package.json'), 'utf8')));
    const options = ['--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--silent'];
    if (Object.keys(dependencies).length > 0) execFileSync('npm', ['install', ...options], { cwd: tree });
  }
  const lines = productPatch(git(after, 'diff', '--no-renames', '--unified=0', 'HEAD~1', 'HEAD'));
  const workload = readFileSync(snippet, 'utf8');
  const part = await layPart(lines, { before_dir: before, after_dir: after, workload, entries: [null, ...modules] });
  if (!part) return null;
  git(before, 'add', '--all');
  writeFileSync(join(dir, '../part.diff'), git(before, 'diff', '--no-renames', '--cached'));
  const { entry, ...size } = part;
  const { verdict, provable_pct, reason } = await judge(dir, join(dir, '../part.diff'), snippet, entry);
  return { ...size, verdict, provable_pct, reason: reason.replaceAll(/\s+/g, ' ') };
}

async function examine(entry: z.infer<typeof Entry>): Promise<CorpusRow> {
  const work = mkdtempSync(join(tmpdir(), 'exam-'));
  const began = performance.now();
  try {
    const [dir, after] = [join(work, 'repository'), join(work, 'after')];
    execFileSync('git', ['init', '-q', '-b', 'main', dir]);
    commitVersion(dir, entry.package, entry.before);
    cpSync(dir, after, { recursive: true });
    git(after, 'rm', '-rq', '--ignore-unmatch', '.');
    commitVersion(after, entry.package, entry.after ?? entry.before);
    const patch = productPatch(git(after, 'diff', '--no-renames', 'HEAD~1', 'HEAD'));
    writeFileSync(join(work, 'product.diff'), patch);
    const snippet = join(corpus, entry.snippet);
    const modules = modulesNamed(dir, patch, snippet);
    const { verdict, provable_pct, reason } = await judgeFrom(dir, join(work, 'product.diff'), snippet, modules);
    // What is to be refused is refused as a whole: a part of it is another change.
    const part = entry.verdict === 'improve' && verdict !== 'certified' ? await judgePart(dir, after, snippet, modules) : null;
    const seconds = Math.round((performance.now() - began) / 1000);
    const upstream_pct = 100 * (1 - 1 / entry.upstream_ratio);
    return {
      id: entry.id,
      wanted: entry.verdict,
      verdict,
      provable_pct,
      upstream_pct,
      reason: reason.replaceAll(/\s+/g, ' '),
      seconds,
      part,
    };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const kept = new KeptRows<CorpusRow>(values.rows, (row) => row.id);
for (const entry of entries.filter((each) => /^(js|ts)$/.test(each.language) && (only?.includes(each.id) ?? true))) {
  if (kept.has(entry.id)) continue;
  const row = await examine(entry);
  kept.keep(row);
  process.stderr.write(`${isRightOf(row) ? ' ' : '✗'} ${row.id}: ${row.verdict} (${row.seconds} s)\n`);
}
console.log(corpusTable(kept.rows));
