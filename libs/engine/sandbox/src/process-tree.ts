import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** Clock ticks per second in /proc/<pid>/stat: 100 on every Linux port that Node supports. */
const TICK_MS = 10;

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Children of all threads: the kernel lists a child under the thread that forked it. */
export function childrenOf(pid: number): number[] {
  let threads: string[];
  try {
    threads = readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
  return threads.flatMap((thread) => read(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number));
}

/** Every living descendant, parents first. */
export function descendantsOf(pid: number): number[] {
  const found: number[] = [];
  const queue = childrenOf(pid);
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    found.push(next);
    queue.push(...childrenOf(next));
  }
  return found;
}

export interface TreeSample {
  /** Threads of all processes. */
  threads: number;
  anonymous_bytes: number;
  cpu_ms: number;
}

/** What a process and its descendants use now. Shared pages of files are not counted. */
export function sampleTree(pid: number): TreeSample {
  const sample: TreeSample = { threads: 0, anonymous_bytes: 0, cpu_ms: 0 };
  for (const each of [pid, ...descendantsOf(pid)]) {
    const status = read(`/proc/${each}/status`);
    sample.threads += Number(/^Threads:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    for (const field of ['RssAnon', 'RssShmem'])
      sample.anonymous_bytes += 1024 * Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
    const stat = read(`/proc/${each}/stat`);
    // The name may contain spaces and brackets; fields 14 to 17 (times, own and reaped children's) count from its last bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    for (const index of [11, 12, 13, 14]) sample.cpu_ms += TICK_MS * Number(fields[index] ?? 0);
  }
  return sample;
}

export function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended already.
  }
}

/**
 * Waits until a process is dead (a zombie counts). bubblewrap itself exits a moment before the first process of its pid namespace, whose
 * end is the end of everything inside.
 */
export async function waitForDeath(pid: number, limit_ms = 5000): Promise<void> {
  for (let waited_ms = 0; waited_ms < limit_ms; waited_ms += 2) {
    const stat = read(`/proc/${pid}/stat`);
    const state = stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
    if (stat === '' || state === 'Z' || state === 'X') return;
    await setTimeout(2);
  }
}
