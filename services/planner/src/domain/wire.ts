import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate, timestampFromMs } from '@bufbuild/protobuf/wkt';
import type { LeaseSchema, RunEventSchema, RunSchema, WorkItemSchema } from '@codeoptima/contracts';
import type { ClaimedItem, Lease, StoredEvent, StoredRun } from '@codeoptima/store';

// Rows of the store as messages of the protocol.

export const runMessage = (run: StoredRun, snapshot_json = ''): MessageInitShape<typeof RunSchema> => ({
  runId: run.run_id,
  state: run.state,
  terminal: run.terminal,
  reason: run.reason,
  workflow: run.workflow,
  machineVersion: run.machine_version,
  version: BigInt(run.version),
  repository: run.repository,
  costUsd: run.cost_usd,
  ciMinutes: run.ci_minutes,
  submittedAt: timestampFromMs(run.submitted_at_ms),
  ...(run.ended_at_ms === null ? {} : { endedAt: timestampFromMs(run.ended_at_ms) }),
  snapshotJson: snapshot_json,
});

export function eventMessage(run_id: string, { version, recorded_at, event }: StoredEvent): MessageInitShape<typeof RunEventSchema> {
  const { type, ...data } = event;
  return { runId: run_id, version: BigInt(version), type, recordedAt: timestampFromDate(recorded_at), dataJson: JSON.stringify(data) };
}

export const itemMessage = (item: ClaimedItem): MessageInitShape<typeof WorkItemSchema> => ({
  itemId: item.item_id,
  runId: item.run_id,
  task: item.task,
  service: item.service,
  epoch: BigInt(item.epoch),
  attempt: item.attempts,
  payloadJson: item.payload_json,
  deadline: timestampFromDate(item.deadline),
  traceparent: item.traceparent,
});

export const leaseMessage = (lease: Lease): MessageInitShape<typeof LeaseSchema> => ({
  itemId: lease.item_id,
  runId: lease.run_id,
  service: lease.service,
  incarnation: lease.owner_incarnation,
  epoch: BigInt(lease.epoch),
  claimedAt: timestampFromDate(lease.claimed_at),
});
