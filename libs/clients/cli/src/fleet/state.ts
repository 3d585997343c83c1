import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { ErrorCode } from '@codeoptima/contracts';
import { type ProcessIdentity, draftOf, isSameProcess } from '@codeoptima/embedded';

/** A process of the fleet. Apart from the number there is its start time, so that a reused number is never taken for it. */
export interface MemberState {
  name: string;
  process: ProcessIdentity | null;
  /** Starts after the first one. */
  restarts: number;
  /** Why it does not run, in one sentence; '' when it does. */
  trouble: string;
  /** Code of the error that kept it from starting. */
  code: ErrorCode | null;
}

export interface FleetState {
  supervisor: ProcessIdentity;
  postgres_url: string;
  nats_url: string;
  stores: MemberState[];
  services: MemberState[];
  /** The vector engine and its gateway. Runs go on without them, so nobody waits for them. */
  memory: MemberState[];
}

export const readState = (path: string): FleetState | null => {
  try {
    // A fleet that an older version started knows no memory.
    return { memory: [], ...(JSON.parse(readFileSync(path, 'utf8')) as Partial<FleetState>) } as unknown as FleetState;
  } catch {
    return null;
  }
};

/** Appears whole or not at all; holds addresses with tokens, so it is private. */
export const writeState = (path: string, state: FleetState): void => {
  const draft = draftOf(path);
  writeFileSync(draft, JSON.stringify(state, null, 2), { mode: 0o600 });
  renameSync(draft, path);
};

export const removeState = (path: string): void => rmSync(path, { force: true });

export const isRunning = (member: MemberState): boolean => member.process !== null && isSameProcess(member.process);
