import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodeOptimaError } from '@codeoptima/contracts';
import { draftOf, identify, isSameProcess, type ProcessIdentity } from '@codeoptima/embedded';
import { takeTurn } from '../fleet/single-instance.ts';

/**
 * Who needs the fleet of one data directory. Every command that uses it holds a file in <data>/clients/; `up` leaves the mark
 * `kept-up`. The last user to go stops a fleet that nobody asked to keep. A file whose process is gone (kill -9) counts for nothing.
 */
export class FleetLease {
  readonly #data_dir: string;
  readonly #dir: string;
  readonly #own: string;
  readonly #keepMark: string;
  readonly #sleep: (ms: number) => Promise<void>;

  constructor(data_dir: string, pid: number, sleep: (ms: number) => Promise<void>) {
    this.#data_dir = data_dir;
    this.#dir = join(data_dir, 'clients');
    this.#own = join(this.#dir, `${pid}.json`);
    this.#keepMark = join(this.#dir, 'kept-up');
    this.#sleep = sleep;
  }

  /**
   * Registers this process and starts what is missing, as one step against others that come or go.
   * @throws CodeOptimaError `cancelled` when `signal` aborts before it is this one's turn
   */
  async take<T>(pid: number, start: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#alone(async () => {
      try {
        await this.#register(pid);
        return await start();
      } catch (error) {
        await rm(this.#own, { force: true });
        throw error;
      }
    }, signal);
  }

  /** The file appears whole or not at all: a process that is killed meanwhile, or a full disk, leaves no user behind. */
  async #register(pid: number): Promise<void> {
    const draft = draftOf(this.#own);
    try {
      await writeFile(draft, JSON.stringify(identify(pid)), { mode: 0o600 });
      await rename(draft, this.#own);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }

  /** Unregisters; stops the fleet when nobody else uses it and nobody asked to keep it. */
  async leave(stop: () => Promise<unknown>): Promise<void> {
    await this.#alone(async () => {
      await rm(this.#own, { force: true });
      if (!(await this.isKept()) && (await this.#others()) === 0) await stop();
    });
  }

  async isKept(): Promise<boolean> {
    return readFile(this.#keepMark).then(
      () => true,
      () => false,
    );
  }

  /** `up`, and work that goes on after its command: the fleet stays until `down`. */
  async keep(isKept: boolean): Promise<void> {
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    if (isKept) await writeFile(this.#keepMark, '', { mode: 0o600 });
    else await rm(this.#keepMark, { force: true });
  }

  async #others(): Promise<number> {
    let alive = 0;
    for (const name of await readdir(this.#dir)) {
      if (!/^\d+\.json$/u.test(name)) continue;
      if (await isHeld(join(this.#dir, name))) alive++;
      else await rm(join(this.#dir, name), { force: true });
    }
    return alive;
  }

  /** One at a time over all processes. */
  async #alone<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    let giveBack = await takeTurn(this.#data_dir);
    for (let tries = 0; giveBack === null; tries++) {
      if (signal?.aborted) throw new CodeOptimaError('cancelled', 'interrupted while another command starts or stops the fleet.');
      if (tries > 2400)
        throw new CodeOptimaError(
          'unavailable',
          `another command has been starting or stopping the fleet of ${this.#data_dir} for minutes; try again when it has ended.`,
        );
      await this.#sleep(50);
      giveBack = await takeTurn(this.#data_dir);
    }
    try {
      return await work();
    } finally {
      await giveBack();
    }
  }
}

/** Whether the process named in a file still lives. A file that cannot be read names none. */
async function isHeld(path: string): Promise<boolean> {
  try {
    return isSameProcess(JSON.parse(await readFile(path, 'utf8')) as ProcessIdentity);
  } catch {
    return false;
  }
}
