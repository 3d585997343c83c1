import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReviewResult } from '@codeoptima/contracts';
import { draftOf } from '@codeoptima/embedded';
import type { ArtifactReader } from '../client/run-api.ts';

export interface ReportPaths {
  html: string;
  markdown: string;
  evidence: string;
}

export const reportPaths = (data_dir: string, run_id: string): ReportPaths => {
  const dir = join(data_dir, 'runs', run_id);
  return { html: join(dir, 'report.html'), markdown: join(dir, 'report.md'), evidence: join(dir, 'evidence.json') };
};

/** Copies the reports of a run out of the object store, to <data>/runs/<run_id>/. Files that are there already with the same content stay. */
export async function materialiseReports(
  artifacts: ArtifactReader,
  data_dir: string,
  run_id: string,
  report: ReviewResult['report'],
): Promise<ReportPaths> {
  const paths = reportPaths(data_dir, run_id);
  await mkdir(join(data_dir, 'runs', run_id), { recursive: true, mode: 0o700 });
  for (const kind of ['html', 'markdown', 'evidence'] as const) {
    const present = await readFile(paths[kind]).catch(() => null);
    const bytes = await artifacts.read(report[kind]).catch((error: unknown) => {
      // The objects of old runs are collected; what was copied out of them stays.
      if (present === null) throw error;
      return present;
    });
    if (present?.equals(bytes) === true) continue;
    // Two commands may follow one run.
    const part = draftOf(join(data_dir, 'runs', `${run_id}-${kind}`));
    await writeFile(part, bytes, { mode: 0o600 });
    await rename(part, paths[kind]);
  }
  return paths;
}
