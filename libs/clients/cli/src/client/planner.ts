import { CodeOptimaError, RunService, type Run } from '@codeoptima/contracts';
import { createClient } from '@codeoptima/rpc';
import type { RunApi } from './run-api.ts';

/** Speaks to the planner. Throws `unavailable` when it does not answer. */
export function connectPlanner(address: string, token?: string): RunApi {
  const client = createClient(RunService, token === undefined ? { address } : { address, token });
  const patient = { wait_for_ready: true, timeout_ms: 20_000 };
  return {
    submit: async ({ idempotency_key, workflow, request_json }) => {
      const answer = await client.submitRun({ idempotencyKey: idempotency_key, workflow, requestJson: request_json }, patient);
      return { run: present(answer.run), created: answer.created };
    },
    get: async (run_id) => present((await client.getRun({ runId: run_id }, patient)).run),
    list: async ({ limit, active_only }) => (await client.listRuns({ limit, activeOnly: active_only }, patient)).runs,
    events: async ({ run_id, after_version, limit }) =>
      (await client.listEvents({ runId: run_id, afterVersion: BigInt(after_version), limit }, patient)).events,
    watch: async function* ({ run_id, after_version, signal }) {
      for await (const { event } of client.watchRun({ runId: run_id, afterVersion: BigInt(after_version) }, { signal }))
        if (event) yield event;
    },
    cancel: async ({ run_id, reason, actor }) => present((await client.cancelRun({ runId: run_id, reason, actor }, patient)).run),
    approve: async ({ run_id, actor, merge }) => present((await client.approveRun({ runId: run_id, actor, merge }, patient)).run),
    reject: async ({ run_id, actor, reason }) => present((await client.rejectRun({ runId: run_id, actor, reason }, patient)).run),
    close: () => client.close(),
  };
}

function present(run: Run | undefined): Run {
  if (run === undefined) throw new CodeOptimaError('internal', 'the planner answered without a run.');
  return run;
}
