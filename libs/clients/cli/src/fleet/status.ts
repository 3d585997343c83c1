import { readFileSync } from 'node:fs';
import { isSameProcess } from '@codeoptima/embedded';
import type { FleetProcess } from '../client/run-api.ts';
import { type Layout, findLayout } from './layout.ts';
import { GATEWAY, memoryTrouble } from './memory.ts';
import { askReady } from './probe.ts';
import { type FleetState, type MemberState, isRunning, readState } from './state.ts';

/** Resident bytes of a process; null when it is gone. */
export const residentBytes = (pid: number): number | null => {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1_024;
  } catch {
    return null;
  }
};

const describeService = async (member: MemberState, layout: Layout): Promise<string> => {
  if (!isRunning(member)) return member.trouble || 'not started yet';
  const failing = await askReady(layout.probeAddress(member.name));
  if (failing === null) return 'does not answer yet';
  return failing.length === 0 ? 'ready' : `not ready: ${failing.join(', ')}`;
};

const describeMemory = async (member: MemberState, layout: Layout): Promise<string> =>
  member.name === GATEWAY ? await describeService(member, layout) : isRunning(member) ? 'ready' : member.trouble || 'not started yet';

/** Whether the memory is there, or will not be by waiting a little. */
export const isMemorySettled = async (layout: Layout, state: FleetState): Promise<boolean> => {
  if (memoryTrouble(state) !== null) return true;
  const described = await Promise.all(state.memory.map((member) => describeMemory(member, layout)));
  return described.every((detail) => detail === 'ready');
};

const toProcess = (member: MemberState, detail: string): FleetProcess => ({
  name: member.name,
  pid: isRunning(member) ? (member.process?.pid ?? null) : null,
  running: isRunning(member),
  detail: member.restarts > 0 ? `${detail}, restarted ${member.restarts === 1 ? 'once' : `${member.restarts} times`}` : detail,
});

/** Whether the planner serves and has its database; it answers and decides without the bus. */
export const answersQuestions = async (layout: Layout): Promise<boolean> => {
  const failing = await askReady(layout.probeAddress('planner'));
  return failing !== null && !failing.includes('postgres');
};

/** Everything that keeps a fleet from being ready, in words; empty means ready. */
export const whatIsMissing = async (layout: Layout, state: FleetState | null): Promise<string[]> => {
  if (state === null || !isSameProcess(state.supervisor)) return ['supervisor: does not run'];
  const stores = state.stores.filter((member) => !isRunning(member)).map(({ name, trouble }) => `${name}: ${trouble || 'not started yet'}`);
  const services = await Promise.all(state.services.map(async (member) => `${member.name}: ${await describeService(member, layout)}`));
  return [...stores, ...services.filter((line) => !/: ready$/.test(line))];
};

/** Every process of a fleet and how it does; empty when none was started. */
export const fleetStatus = async ({ data_dir }: { data_dir: string }): Promise<FleetProcess[]> => {
  const layout = findLayout(data_dir);
  const state = layout && readState(layout.state);
  if (!layout || !state) return [];
  const running = isSameProcess(state.supervisor);
  const supervisor = { name: 'supervisor', pid: running ? state.supervisor.pid : null, running, detail: running ? 'ready' : 'gone' };
  const stores = state.stores.map((member) => toProcess(member, isRunning(member) ? 'ready' : member.trouble || 'not started yet'));
  const services = await Promise.all(state.services.map(async (member) => toProcess(member, await describeService(member, layout))));
  const memory = await Promise.all(state.memory.map(async (member) => toProcess(member, await describeMemory(member, layout))));
  return [supervisor, ...stores, ...services, ...memory];
};
