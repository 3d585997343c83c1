import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findSidecar, remedyOf, type SidecarKeys, type SidecarState, spawnDetached, startSidecar } from '@codeoptima/embedded';
import { isEngineLocal, launchGateway, masterKeyOf } from './environment.ts';
import type { Layout } from './layout.ts';
import { Member, type MemberPlan } from './member.ts';
import type { FleetState, MemberState } from './state.ts';

export const ENGINE = 'vector-sidecar';
export const GATEWAY = 'memory-gateway';

const enginePlan = (layout: Layout, keys: SidecarKeys): MemberPlan => {
  let rotate_keys = keys.rotate_keys ?? false;
  return {
    name: ENGINE,
    start: async (onSpawn) => {
      const options = { dir: layout.engine, listen: layout.engine_address, log: layout.log(ENGINE), onSpawn };
      const engine = await startSidecar({ ...options, ...keys, rotate_keys });
      // Once, and not again each time that it is started anew.
      rotate_keys = false;
      return engine.process;
    },
    // It drains for ten seconds by itself.
    signals: ['SIGTERM', 'SIGKILL'],
    step_ms: 15_000,
    group: false,
  };
};

const gatewayPlan = (layout: Layout, main: string, ports: NodeJS.ProcessEnv): MemberPlan => ({
  name: GATEWAY,
  start: async () => {
    const { command, env } = launchGateway(main, layout, process.env, ports);
    const output_fd = openSync(layout.log(GATEWAY), 'a', 0o600);
    try {
      return await spawnDetached({ command, env, cwd: layout.data_dir, output_fd });
    } finally {
      closeSync(output_fd);
    }
  },
  signals: ['SIGTERM', 'SIGKILL'],
  step_ms: 15_000,
  group: true,
});

export interface MemoryOptions {
  services_root: string;
  /** More of the gateway's environment: ports for Qdrant's clients. */
  ports?: NodeJS.ProcessEnv;
  /** Otherwise those of the environment. */
  keys?: SidecarKeys;
  adopt: (name: string) => MemberState | null;
  changed: () => void;
}

/** The members that keep the memory: none when the gateway is not in this checkout, the gateway alone when a Qdrant keeps it. */
export const memoryMembers = (
  layout: Layout,
  { services_root, ports = {}, keys = masterKeyOf(process.env), adopt, changed }: MemoryOptions,
): Member[] => {
  const main = join(services_root, GATEWAY, 'src', 'main.ts');
  if (!existsSync(main)) return [];
  const plans = isEngineLocal(process.env) ? [enginePlan(layout, keys)] : [];
  return [...plans, gatewayPlan(layout, main, ports)].map((plan) => new Member(plan, adopt(plan.name), changed));
};

/** What is said of an engine that is not there. */
const troubleOf = (found: Exclude<SidecarState, { state: 'built' }>): string =>
  found.state === 'building' ? 'is being built, and starts when that is done' : `is not built: ${remedyOf(found)}`;

const LOOK_MS = { building: 1_000, absent: 15_000 };

/** Starts the gateway at once, and the engine as soon as its program is there: it may still be being built. */
export const launchMemory = async (members: readonly Member[], signal: AbortSignal, changed: () => void): Promise<void> => {
  const launchEngine = async (engine: Member): Promise<void> => {
    for (;;) {
      const found = await findSidecar();
      if (signal.aborted) return;
      if (found.state === 'built' || engine.state.process !== null) return await engine.launch();
      const trouble = troubleOf(found);
      if (engine.state.trouble !== trouble) {
        engine.state.trouble = trouble;
        changed();
      }
      await sleep(LOOK_MS[found.state], undefined, { signal }).catch(() => undefined);
    }
  };
  await Promise.all(members.map((member) => (member.state.name === ENGINE ? launchEngine(member) : member.launch())));
};

/** Ends the gateway before what it stands on. */
export const stopMemory = async (members: readonly Member[]): Promise<void> => {
  for (const name of [GATEWAY, ENGINE])
    await Promise.all(members.filter(({ state }) => state.name === name).map((member) => member.stop()));
};

/** Why there is no memory, in one sentence; null when nothing is known against it. */
export const memoryTrouble = (state: FleetState): string | null => {
  const member = state.memory.find(({ trouble }) => trouble !== '');
  return member ? `${member.name} ${member.trouble}` : null;
};
