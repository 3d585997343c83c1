import { flushCompileCache } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { CodeOptimaError } from '@codeoptima/contracts';
import { identify, isSameProcess, lastNatsUrl, sweepDrafts, sweepScratch } from '@codeoptima/embedded';
import type { Addresses } from './environment.ts';
import { SERVICES_ROOT, openLayout } from './layout.ts';
import { Member } from './member.ts';
import { launchMemory, memoryMembers, stopMemory } from './memory.ts';
import { natsPlan, postgresPlan, servicePlans } from './plans.ts';
import { becomeSupervisor } from './single-instance.ts';
import { type FleetState, readState, removeState, writeState } from './state.ts';
import { watchStreams } from './stream-watch.ts';

// The process behind `codeoptima up`: starts the stores and services of one data directory and starts again what ends.
// Arguments: data directory, and for tests another folder of services.
const [data_dir = '', services_root = SERVICES_ROOT] = process.argv.slice(2);
const layout = openLayout(data_dir);
const lock = await becomeSupervisor(layout.data_dir);
if (lock === null) process.exit(0);

const previous = readState(layout.state);
if (previous && isSameProcess(previous.supervisor))
  throw new Error(`process ${previous.supervisor.pid} supervises ${layout.data_dir} already`);

const addresses: Addresses = {
  postgres_url: previous?.postgres_url ?? '',
  nats_url: previous?.nats_url || (lastNatsUrl(layout.nats) ?? ''),
};
const adopt = (name: string) =>
  [...(previous?.stores ?? []), ...(previous?.services ?? []), ...(previous?.memory ?? [])].find((member) => member.name === name) ?? null;
const supervisor = identify(process.pid);

const save = (): void => {
  const state: FleetState = {
    supervisor,
    ...addresses,
    stores: stores.map((member) => member.state),
    services: services.map((member) => member.state),
    memory: memory.map((member) => member.state),
  };
  try {
    writeState(layout.state, state);
  } catch (error) {
    // A full disk must not end the one who keeps the others alive.
    console.error(`fleet.json could not be written: ${CodeOptimaError.from(error).message}`);
  }
};

const renewServices = (): void => services.forEach((member) => member.renew());
const postgres = new Member(postgresPlan(layout, addresses), adopt('postgres'), save);
const nats = new Member(natsPlan(layout, addresses, renewServices), adopt('nats'), save);
const stores = [postgres, nats];
const services = servicePlans(layout, addresses, services_root).map((plan) => new Member(plan, adopt(plan.name), save));
const memory = memoryMembers(layout, { services_root, adopt, changed: save });
const stopping = new AbortController();

const stop = async (): Promise<void> => {
  if (stopping.signal.aborted) return;
  stopping.abort();
  // Workers give their items back to the planner, which needs its stores: so in this order.
  const planner = services.filter(({ state }) => state.name === 'planner');
  const workers = services.filter(({ state }) => state.name !== 'planner');
  await Promise.all(workers.map((member) => member.stop()));
  await stopMemory(memory);
  for (const members of [planner, stores]) await Promise.all(members.map((member) => member.stop()));
  removeState(layout.state);
  process.exit(0);
};
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop());

save();
sweepScratch(layout.data_dir);
sweepDrafts(layout.data_dir);
for (const store of stores) void store.launch();
// Services need the database, and the address of the bus: they serve without the bus itself, and find it when it comes.
while (!stopping.signal.aborted && (postgres.state.process === null || addresses.nats_url === '')) await sleep(20);
if (!stopping.signal.aborted) {
  const told = addresses.nats_url;
  await Promise.all(services.map((member) => member.launch()));
  if (addresses.nats_url !== told) renewServices();
  void launchMemory(memory, stopping.signal, save);
  void watchStreams(layout.probeAddress('planner'), () => nats.renew(), stopping.signal);
}
flushCompileCache();
