import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isatty } from 'node:tty';
import { connectMemory } from '@codeoptima/memory';
import { checkSandbox } from '@codeoptima/sandbox';
import { type FleetControl, fleetPort } from './client/fleet-port.ts';
import { connectPlanner } from './client/planner.ts';
import type { ArtifactReader } from './client/run-api.ts';
import type { CliContext, InterruptSignal } from './context.ts';
import { readEnv } from './env.ts';
import { outlet } from './output/outlet.ts';

/** The parts that reach the services of one data directory. */
export interface ServiceParts {
  control: FleetControl;
  /** Where the planner of a data directory listens. */
  planner_address: (data_dir: string) => string;
  /** Where its memory gateway listens. */
  memory_address: (data_dir: string) => string;
  artifacts: (data_dir: string) => ArtifactReader;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/** The terminal, the clock and the fleet of this process. */
export function realContext(parts: ServiceParts): CliContext {
  const env = readEnv();
  const wait = (ms: number): Promise<void> => sleep(ms);
  const { write, onClosed } = outlet([process.stdout, process.stderr]);
  return {
    cwd: process.cwd(),
    env,
    now: parts.now,
    out: (text) => write(process.stdout, text),
    err: (text) => write(process.stderr, text),
    is_tty: isatty(2),
    columns: () => process.stderr.columns || 100,
    confirm,
    sleep: wait,
    onSignal: (handler) => {
      const stops = [onSignal(handler), onClosed(() => handler('SIGTERM'))];
      return () => {
        for (const stop of stops) stop();
      };
    },
    sandbox: checkSandbox,
    fleet: fleetPort(parts.control, process.pid, wait),
    connect: async (data_dir) => connectPlanner(parts.planner_address(data_dir)),
    artifacts: parts.artifacts,
    memory: (data_dir, project, role = 'cli') => connectMemory({ address: parts.memory_address(data_dir), project, role }),
    exit: (code) => void (process.exitCode = code),
  };
}

async function confirm(question: string): Promise<boolean> {
  if (!isatty(0)) return false;
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/iu.test((await reader.question(`${question} [y/N] `)).trim());
  } finally {
    reader.close();
  }
}

function onSignal(handler: (signal: InterruptSignal) => void): () => void {
  const interrupt = (): void => handler('SIGINT');
  const terminate = (): void => handler('SIGTERM');
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', terminate);
  process.on('SIGHUP', terminate);
  return () => {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', terminate);
    process.off('SIGHUP', terminate);
  };
}
