import { reportHtml, reportMarkdown } from '@codeoptima/evidence';
import { probeHost } from '@codeoptima/measurement';
import type { TaskHandler } from '@codeoptima/worker';
import { propose, repositoryOf } from './adapters/proposal.ts';
import { gateSize, readEvidence, workloadTexts } from './adapters/read-evidence.ts';
import { assembleEvidence } from './domain/assemble.ts';

const PROBE_MS = 200;

export interface ReviewSettings {
  data_dir: string;
  /** Milliseconds since 1970. */
  now_ms: () => number;
}

/** Writes the reports and, when something was certified, the branch. May run again after a crash: it finds what it had made. */
export const review =
  ({ data_dir, now_ms }: ReviewSettings): TaskHandler<'review'> =>
  async ({ payload, artifacts, workdir, signal, progress }) => {
    progress('reading the evidence', 0.1);
    const { accepted, rejected, baseline, request } = payload;
    const evidence = await readEvidence(artifacts, accepted, rejected);
    const workload_texts = await workloadTexts(artifacts, payload.hotspots?.workloads ?? []);
    const parts = {
      payload,
      evidence,
      workload_texts,
      machine: await probeHost(PROBE_MS),
      gate_size: await gateSize(artifacts, baseline.tests),
    };
    let run = assembleEvidence({ ...parts, branch: null, branch_location: null });
    let commits: { candidate_id: string; commit: string }[] = [];
    if (accepted.length > 0) {
      progress('committing the accepted changes to a branch', 0.4);
      const repository = await repositoryOf(request.repository, baseline.base_commit, data_dir, signal);
      const { author_name: name, author_email: email } = request.config.commit;
      const date = new Date(payload.submitted_at_ms ?? now_ms());
      const proposal = await propose({ run, repository, author: { name, email }, date, workdir, signal });
      commits = proposal.commits;
      run = assembleEvidence({ ...parts, branch: proposal.branch, branch_location: repository });
    }
    progress('writing the report', 0.8);
    const html = await artifacts.put(reportHtml(run));
    const markdown = await artifacts.put(reportMarkdown(run));
    const written = await artifacts.put(`${JSON.stringify(run, null, 1)}\n`);
    return { branch: run.branch, commits, report: { html, markdown, evidence: written } };
  };
