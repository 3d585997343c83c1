import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveEntry } from '@codeoptima/measurement';
import { NODE_TARGET, REPO_TARGET, run } from '@codeoptima/sandbox';
import { z } from 'zod';

const Ran = z.record(
  z.string(),
  z.array(z.object({ kind: z.enum(['function', 'block']), from: z.number(), to: z.number(), ran: z.boolean() })),
);
export type Ran = z.infer<typeof Ran>;

const LIMIT_MS = 120_000;
const FOLDER = '/workload';
const MARK = '\u0001ran ';

/**
 * Runs a workload once on a package, after loading it, and gives the functions of its files by their lines, with those that its operation
 * ran, and the whole lines of blocks in these that it left out. Its check has to run as well, and is not looked at: it may ask for what
 * the operation never does. Null where the workload does not run on this tree.
 */
export async function runOn(dir: string, workload: string, entry: string | null): Promise<Ran | null> {
  const folder = mkdtempSync(join(tmpdir(), 'part-'));
  try {
    writeFileSync(join(folder, 'workload.mjs'), workload);
    writeFileSync(join(folder, 'run.mjs'), script(join(REPO_TARGET, resolveEntry(dir, '', entry))));
    const { stdout, exit_code } = await run({
      argv: [NODE_TARGET, join(FOLDER, 'run.mjs')],
      cwd: REPO_TARGET,
      mounts: [
        { source: dir, target: REPO_TARGET, mode: 'ro' },
        { source: folder, target: FOLDER, mode: 'ro' },
      ],
      limits: { wall_ms: LIMIT_MS },
    });
    const line = stdout.split('\n').findLast((each) => each.startsWith(MARK));
    return exit_code === 0 && line !== undefined ? Ran.parse(JSON.parse(line.slice(MARK.length))) : null;
  } catch {
    // No entry to load, or no answer that can be read: the workload does not run here.
    return null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Counting begins after the package is loaded: what every package does while loading says nothing about the workload. */
const script = (entry: string): string => `
import { readFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
const { default: setup } = await import(${JSON.stringify(join(FOLDER, 'workload.mjs'))});
const loaded = await import(pathToFileURL(${JSON.stringify(entry)}).href);
await session.post('Profiler.takePreciseCoverage');
const { fn, check } = await setup(loaded);
await fn();
const { result } = await session.post('Profiler.takePreciseCoverage');
await (typeof check === 'function' ? check() : check);
const root = ${JSON.stringify(`${REPO_TARGET}/`)};
const files = {};
for (const { url, functions } of result) {
  const path = url.startsWith('file:') ? fileURLToPath(url) : url;
  if (!path.startsWith(root) || path.includes('/node_modules/')) continue;
  const starts = [0];
  const text = readFileSync(path, 'utf8');
  for (let at = text.indexOf('\\n'); at >= 0; at = text.indexOf('\\n', at + 1)) starts.push(at + 1);
  const lineAt = (offset) => {
    const index = starts.findIndex((start) => start > offset);
    return index < 0 ? starts.length : index;
  };
  const whole = (range) => range.startOffset === 0 && range.endOffset >= text.length - 1;
  const linesOf = ({ startOffset, endOffset }) => [lineAt(startOffset), lineAt(Math.max(startOffset, endOffset - 1))];
  const ofFunction = (range) => {
    const [from, to] = linesOf(range);
    return whole(range) ? [] : [{ kind: 'function', from, to, ran: range.count > 0 }];
  };
  // Its first and its last line hold the condition, or what comes after.
  const ofBlock = (range) => {
    const [from, to] = linesOf(range);
    return range.count > 0 || to - from < 2 ? [] : [{ kind: 'block', from: from + 1, to: to - 1, ran: false }];
  };
  files[path.slice(root.length)] = functions.flatMap(({ ranges: [range, ...blocks] }) => [...ofFunction(range), ...blocks.flatMap(ofBlock)]);
}
console.log(${JSON.stringify(MARK)} + JSON.stringify(files));
`;
