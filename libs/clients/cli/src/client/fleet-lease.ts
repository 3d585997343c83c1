import { mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodeOptimaError } from '@codeoptima/contracts';
import { identify, isSameProcess, type ProcessIdentity } from '@codeoptima/embedded';

/**
 * Who needs the fleet of one data directory. Every command that uses it holds a file in <data>/clients/; `up` leaves the mark
 * `kept-up`. The last user to go stops a fleet that nobody asked to keep. A file whose process is gone (kill -9) counts for nothing.
 */
export class FleetLease {
  readonly #dir: string;
  readonly #own: string;
  readonly #keepMark: string;
  readonly #sleep: (ms: number) => Promise<void>;

  constructor(data_dir: string, pid: number, sleep: (ms: number) => Promise<void>) {
    this.#dir = join(data_dir, 'clients');
    this.#own = join(this.#dir, `${pid}.json`);
    this.#keepMark = join(this.#dir, 'kept-up');
    this.#sleep = sleep;
  }

  /** Registers this process and starts what is missing, as one step against others that come or go. */
  async take<T>(pid: number, start: () => Promise<T>): Promise<T> {
    return this.#alone(async () => {
      await writeFile(this.#own, JSON.stringify(identify(pid)), { mode: 0o600 });
      try {
        return await start();
      } catch (error) {
        await rm(this.#own, { force: true });
        throw error;
      }
    });
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

  /** One at a time over all processes, by a lock file that is broken when its holder is gone. */
  async #alone<T>(work: () => Promise<T>): Promise<T> {
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    const lock = join(this.#dir, 'lock');
    for (let tries = 0; !(await lockFile(lock)); tries++) {
      if (tries > 2400)
        throw new CodeOptimaError('unavailable', `another command has held ${lock} for minutes; try again when it has ended.`);
      if (!(await isHeld(lock))) await rm(lock, { force: true });
      await this.#sleep(50);
    }
    try {
      return await work();
    } finally {
      await rm(lock, { force: true });
    }
  }
}

async function lockFile(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(JSON.stringify(identify(process.pid)));
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Whether the process named in a file still lives. A file that is just being written is given the benefit of the doubt. */
async function isHeld(path: string): Promise<boolean> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return false;
  if (text === '') return true;
  return isSameProcess(JSON.parse(text) as ProcessIdentity);
}
