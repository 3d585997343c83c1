// The exam on known fixes: base = the published version before, candidate = the one after, workload = the snippet of the entry.
//   npm run exam -- [--corpus DIR] [--only ID] [--search SECONDS]
// DIR (default: ../shared/corpus) holds corpus.json and the snippets. Only what the later version changed in the product counts: tests, benchmarks
// and settings stay those of the base. Needs the npm registry.
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { productPatch } from '@codeoptima/verifier';
import { z } from 'zod';

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

const { values } = parseArgs({
  options: { corpus: { type: 'string', default: '../shared/corpus' }, only: { type: 'string' }, search: { type: 'string', default: '30' } },
});
const corpus = resolve(values.corpus);
const entries = z.array(Entry).parse(JSON.parse(readFileSync(join(corpus, 'corpus.json'), 'utf8')));
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

function judge(dir: string, snippet: string, data_dir: string): Promise<z.infer<typeof Answer>> {
  const args = [
    cli,
    'verify',
    dir,
    '--base',
    'HEAD',
    '--patch',
    join(dir, '../product.diff'),
    '--workload',
    snippet,
    '--allow-surface',
    '--max-lines',
    '5000',
    '--search',
    values.search,
    '--data-dir',
    data_dir,
    '--json',
  ];
  return new Promise((done) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
    child.on('close', (code) => {
      const parsed = Answer.safeParse(JSON.parse(out.trim().split('\n').at(-1) || '{}'));
      done(
        parsed.success ? parsed.data : { verdict: `exit ${String(code)}`, reason: out.slice(0, 200), provable_pct: null, difference: null },
      );
    });
  });
}

process.stdout.write('| entry | wanted | verdict | at least | upstream | why |\n|---|---|---|---|---|---|\n');
for (const entry of entries.filter((each) => /^(js|ts)$/.test(each.language) && (values.only === undefined || each.id === values.only))) {
  const work = mkdtempSync(join(tmpdir(), 'exam-'));
  try {
    const [dir, after] = [join(work, 'repository'), join(work, 'after')];
    execFileSync('git', ['init', '-q', '-b', 'main', dir]);
    commitVersion(dir, entry.package, entry.before);
    cpSync(dir, after, { recursive: true });
    git(after, 'rm', '-rq', '--ignore-unmatch', '.');
    commitVersion(after, entry.package, entry.after ?? entry.before);
    writeFileSync(join(work, 'product.diff'), productPatch(git(after, 'diff', '--no-renames', 'HEAD~1', 'HEAD')));
    const { verdict, provable_pct, reason } = await judge(dir, join(corpus, entry.snippet), join(work, 'data'));
    const right = (verdict === 'certified') === (entry.verdict === 'improve') ? '' : '✗ ';
    const upstream = `${(100 * (1 - 1 / entry.upstream_ratio)).toFixed(0)} %`;
    process.stdout.write(
      `| ${entry.id} | ${entry.verdict} | ${right}${verdict} | ${provable_pct === null ? '' : `${provable_pct.toFixed(0)} %`} | ${upstream} | ${reason.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').slice(0, 160)} |\n`,
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
