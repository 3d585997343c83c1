import { setTimeout as sleep } from 'node:timers/promises';
import { CodeOptimaError } from '@codeoptima/contracts';
import { type ProcessIdentity, endProcess, isSameProcess, sendSignal } from '@codeoptima/embedded';
import { Backoff } from './backoff.ts';
import type { MemberState } from './state.ts';

/** How one member is brought to life and to its end. */
export interface MemberPlan {
  name: string;
  /** Resolves once it serves; `spawned` is told of a process that takes a while until then. */
  start: (spawned: (process: ProcessIdentity) => void) => Promise<ProcessIdentity>;
  /** Signals of its orderly end, in turn; the last is SIGKILL. */
  signals: NodeJS.Signals[];
  /** How long each signal may take. */
  step_ms: number;
  /** Whether its process leads a group that must go with it: a worker's children. */
  group: boolean;
}

const WATCH_MS = 200;

/** Keeps one process alive until told to stop. Looks at the process itself, so it can also take over one that another supervisor started. */
export class Member {
  readonly state: MemberState;
  readonly #plan: MemberPlan;
  readonly #changed: () => void;
  readonly #stopping = new AbortController();
  #loop: Promise<void> | null = null;

  constructor(plan: MemberPlan, adopted: MemberState | null, changed: () => void) {
    this.#plan = plan;
    this.#changed = changed;
    const process = adopted?.process && isSameProcess(adopted.process) ? adopted.process : null;
    this.state = { name: plan.name, process, restarts: adopted?.restarts ?? 0, trouble: '', code: null };
  }

  /** Starts it, or takes over the running one, and returns once that was tried; from then on it is kept alive. */
  async launch(): Promise<void> {
    const backoff = new Backoff();
    const first = this.state.process === null ? this.#start(backoff) : Promise.resolve();
    // Known to `stop` from the first moment: a store that is being made is ended too.
    this.#loop = first.then(() => this.#keepAlive(backoff));
    await first;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
    const { process } = this.state;
    if (process === null) return;
    await endProcess(process, this.#plan.signals, this.#plan.step_ms);
    this.#clearGroup(process);
    this.state.process = null;
    this.#changed();
  }

  /** Ends the running process in order; it is started anew, with the environment of now. */
  renew(): void {
    const { process } = this.state;
    if (process !== null && isSameProcess(process)) sendSignal(process.pid, 'SIGTERM');
  }

  async #keepAlive(backoff: Backoff): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const { process } = this.state;
      if (process !== null && isSameProcess(process)) {
        await sleep(WATCH_MS, undefined, { signal }).catch(() => undefined);
        continue;
      }
      if (process !== null) {
        this.#clearGroup(process);
        Object.assign(this.state, { process: null, trouble: 'ended and is started again, see its log' });
        this.#changed();
      }
      await sleep(backoff.ended(performance.now()), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      this.state.restarts += 1;
      await this.#start(backoff);
    }
  }

  async #start(backoff: Backoff): Promise<void> {
    backoff.started(performance.now());
    try {
      this.state.process = await this.#plan.start((process) => {
        this.state.process = process;
        this.#changed();
      });
      Object.assign(this.state, { trouble: '', code: null });
    } catch (thrown) {
      const error = CodeOptimaError.from(thrown);
      Object.assign(this.state, { process: null, trouble: error.message, code: error.code });
      console.error(`${this.#plan.name}: ${this.state.trouble}`);
    }
    this.#changed();
  }

  /** Children of a worker that was killed must not work on for nobody. */
  #clearGroup(process: ProcessIdentity): void {
    if (this.#plan.group) sendSignal(-process.pid, 'SIGKILL');
  }
}
