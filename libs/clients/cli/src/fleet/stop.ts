import { endProcess, isSameProcess, sendSignal, sweepDrafts, sweepScratch, waitForExit } from '@codeoptima/embedded';
import { findLayout } from './layout.ts';
import { type FleetState, type MemberState, isRunning, readState, removeState } from './state.ts';

/** Workers drain first, then the planner, then the stores: each step may take its full time. */
export const ORDERLY_MS = 75_000;

const endMember = async (member: MemberState, signals: NodeJS.Signals[], step_ms: number, group: boolean): Promise<void> => {
  if (!member.process) return;
  await endProcess(member.process, signals, step_ms);
  if (group) sendSignal(-member.process.pid, 'SIGKILL');
};

/** Ends what a supervisor left behind that was killed. */
const endLeftovers = async (state: FleetState): Promise<void> => {
  const running = state.services.filter(isRunning);
  const planner = running.filter(({ name }) => name === 'planner');
  const workers = running.filter(({ name }) => name !== 'planner');
  for (const members of [workers, planner])
    await Promise.all(members.map((member) => endMember(member, ['SIGTERM', 'SIGKILL'], 15_000, true)));
  for (const name of ['memory-gateway', 'vector-sidecar'])
    for (const member of state.memory.filter(isRunning))
      if (member.name === name) await endMember(member, ['SIGTERM', 'SIGKILL'], 15_000, name === 'memory-gateway');
  const stores = state.stores.filter(isRunning);
  await Promise.all(
    stores.map((member) =>
      endMember(member, member.name === 'postgres' ? ['SIGINT', 'SIGQUIT', 'SIGKILL'] : ['SIGTERM', 'SIGKILL'], 20_000, false),
    ),
  );
};

/** Ends the fleet of a data directory in order: workers, planner, stores. Runs at work go on with the next start. */
export const stopFleet = async ({ data_dir }: { data_dir: string }): Promise<{ stopped: boolean }> => {
  const layout = findLayout(data_dir);
  const state = layout && readState(layout.state);
  if (!layout || !state) return { stopped: false };
  if (isSameProcess(state.supervisor)) {
    sendSignal(state.supervisor.pid, 'SIGTERM');
    if (!(await waitForExit(state.supervisor, ORDERLY_MS))) await endProcess(state.supervisor, ['SIGKILL'], 0);
  }
  const rest = readState(layout.state);
  if (rest) await endLeftovers(rest);
  removeState(layout.state);
  sweepScratch(layout.data_dir);
  sweepDrafts(layout.data_dir);
  return { stopped: true };
};
