import { join } from 'node:path';
import { openDirectoryStore } from '@codeoptima/artifacts';
import { fleetStatus, memoryAddress, plannerAddress, startFleet, stopFleet } from './fleet/index.ts';
import { runProgram } from './program.ts';
import { realContext } from './real-context.ts';

/** The command on this process: its arguments, its terminal, its fleet. */
export const runRealProgram = async (): Promise<void> => {
  const context = realContext({
    control: { start: startFleet, stop: stopFleet, status: fleetStatus },
    planner_address: plannerAddress,
    memory_address: memoryAddress,
    artifacts: (data_dir) => ({ read: async (ref) => (await openDirectoryStore(join(data_dir, 'objects'))).get(ref) }),
    now: Date.now,
  });
  await runProgram(process.argv.slice(2), context);
};
