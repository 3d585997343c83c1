import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Limits } from './spec.ts';

const ROOT = '/sys/fs/cgroup';
const FAMILY = 'codeoptima';
const CONTROLLERS = ['memory', 'pids', 'cpuacct'] as const;
type Controller = (typeof CONTROLLERS)[number];

/**
 * The control groups (version 1) of one command, as far as this process may create them. Where it may not (an ordinary user, a
 * version 2 hierarchy that was not delegated) the command is bounded by resource limits and by the poller of `ProcessTree` instead.
 */
export class ControlGroup {
  readonly #folders = new Map<Controller, string>();

  /** `name` must be unique on the machine and start with this process's id. */
  static create(name: string, limits: Limits): ControlGroup {
    const group = new ControlGroup();
    for (const controller of CONTROLLERS) {
      const folder = join(ROOT, controller, FAMILY, name);
      try {
        if (!existsSync(join(ROOT, controller, 'cgroup.procs'))) continue;
        mkdirSync(folder, { recursive: true });
        group.#folders.set(controller, folder);
        if (controller === 'memory') {
          writeFileSync(join(ROOT, controller, FAMILY, 'memory.use_hierarchy'), '1');
        }
      } catch {
        // Not writable here, or the hierarchy flag was set before: what the folder can do is decided by the limits below.
      }
    }
    group.#limit('memory', 'memory.limit_in_bytes', limits.memory_bytes);
    group.#limit('pids', 'pids.max', limits.processes);
    return group;
  }

  #limit(controller: Controller, file: string, value: number): void {
    const folder = this.#folders.get(controller);
    if (folder === undefined) return;
    try {
      writeFileSync(join(folder, file), String(value));
    } catch {
      this.#folders.delete(controller);
      removeQuietly(folder);
    }
  }

  has(controller: Controller): boolean {
    return this.#folders.has(controller);
  }

  /** Files into which a process writes its id to enter the groups. */
  get entrances(): string[] {
    return [...this.#folders.values()].map((folder) => join(folder, 'cgroup.procs'));
  }

  /** Processes the kernel killed because the group was out of memory. */
  get memoryKills(): number {
    const text = this.#read('memory', 'memory.oom_control');
    return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
  }

  get anonymousBytes(): number | null {
    const found = /^total_rss (\d+)$/m.exec(this.#read('memory', 'memory.stat'))?.[1];
    return found === undefined ? null : Number(found);
  }

  get cpuMilliseconds(): number | null {
    const text = this.#read('cpuacct', 'cpuacct.usage');
    return text === '' ? null : Number(text) / 1e6;
  }

  #read(controller: Controller, file: string): string {
    const folder = this.#folders.get(controller);
    if (folder === undefined) return '';
    try {
      return readFileSync(join(folder, file), 'utf8');
    } catch {
      return '';
    }
  }

  /** Removes the groups; call when the last process is gone. A group that is still busy is left to `sweep`. */
  remove(): void {
    for (const folder of this.#folders.values()) removeQuietly(folder);
  }

  /** Removes groups whose owner died without doing so. */
  static sweep(): void {
    for (const controller of CONTROLLERS) {
      const family = join(ROOT, controller, FAMILY);
      if (!existsSync(family)) continue;
      for (const name of readdirSync(family)) {
        const owner = /^(\d+)-/.exec(name)?.[1];
        if (owner !== undefined && !existsSync(`/proc/${owner}`)) removeQuietly(join(family, name));
      }
    }
  }
}

function removeQuietly(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Busy for a moment after the last exit, or gone already.
  }
}
