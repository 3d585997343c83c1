import { FleetLease } from './fleet-lease.ts';
import type { FleetPort, FleetProcess } from './run-api.ts';

/** What starts and stops processes. */
export interface FleetControl {
  /** `started` is false when everything ran already. */
  start(options: {
    data_dir: string;
    note: (line: string) => void;
    signal?: AbortSignal;
    asks_only?: boolean;
  }): Promise<{ started: boolean }>;
  stop(options: { data_dir: string }): Promise<{ stopped: boolean }>;
  status(options: { data_dir: string }): Promise<FleetProcess[]>;
}

/** The fleet with a count of its users. `pid` is this process. */
export function fleetPort(control: FleetControl, pid: number, sleep: (ms: number) => Promise<void>): FleetPort {
  const leaseOf = (data_dir: string): FleetLease => new FleetLease(data_dir, pid, sleep);
  return {
    use: async ({ data_dir, note, signal, asks_only = false }) => {
      const lease = leaseOf(data_dir);
      const { started } = await lease.take(pid, () => control.start({ data_dir, note, asks_only, ...(signal ? { signal } : {}) }), signal);
      return { started, keep: () => lease.keep(true), release: () => lease.leave(() => control.stop({ data_dir })) };
    },
    up: async ({ data_dir, note }) => {
      const lease = leaseOf(data_dir);
      await lease.keep(true);
      try {
        return await lease.take(pid, () => control.start({ data_dir, note }));
      } catch (error) {
        await lease.keep(false);
        throw error;
      } finally {
        await lease.leave(() => control.stop({ data_dir }));
      }
    },
    down: async ({ data_dir }) => {
      await leaseOf(data_dir).keep(false);
      return control.stop({ data_dir });
    },
    status: ({ data_dir }) => control.status({ data_dir }),
  };
}
