import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Busy and total jiffies by core, from /proc/stat (proc(5)). */
export function parseCpuTimes(text: string): Map<number, { busy: number; total: number; steal: number }> {
  const cores = new Map<number, { busy: number; total: number; steal: number }>();
  for (const line of text.split('\n')) {
    const match = /^cpu(\d+)\s+(.+)$/.exec(line);
    if (!match) continue;
    const fields = (match[2] as string).trim().split(/\s+/).map(Number);
    const total = fields.slice(0, 8).reduce((a, b) => a + b, 0);
    const idle = (fields[3] ?? 0) + (fields[4] ?? 0);
    cores.set(Number(match[1]), { busy: total - idle, total, steal: fields[7] ?? 0 });
  }
  return cores;
}

/** `0-2,5` as written in /proc/self/status. */
export function parseCpuList(list: string): number[] {
  return list
    .trim()
    .split(',')
    .filter(Boolean)
    .flatMap((part) => {
      const [from, to] = part.split('-').map(Number) as [number, number | undefined];
      return Array.from({ length: (to ?? from) - from + 1 }, (_, i) => from + i);
    });
}

async function allowedCores(): Promise<number[]> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  return parseCpuList(/^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? '');
}

const coreTimes = async () => parseCpuTimes(await readFile('/proc/stat', 'utf8').catch(() => ''));

/** The core that was busy least during `window_ms`, among those this process may use; null when the system does not tell. */
export async function quieterCore(window_ms = 200): Promise<number | null> {
  const [allowed, before] = await Promise.all([allowedCores(), coreTimes()]);
  if (allowed.length === 0 || before.size === 0) return null;
  await sleep(window_ms);
  const after = await coreTimes();
  const busy = (core: number) => (after.get(core)?.busy ?? 0) - (before.get(core)?.busy ?? 0);
  // On a tie the last core: interrupts and system work tend to sit on the first.
  return allowed.toSorted((a, b) => busy(a) - busy(b) || b - a)[0] ?? null;
}

/** Share of time that the hypervisor took away from this machine during `window_ms`, 0 to 1; null when unknown. */
export async function stealShare(window_ms: number): Promise<number | null> {
  const before = await coreTimes();
  await sleep(window_ms);
  const after = await coreTimes();
  if (before.size === 0) return null;
  let steal = 0;
  let total = 0;
  for (const [core, now] of after) {
    steal += now.steal - (before.get(core)?.steal ?? 0);
    total += now.total - (before.get(core)?.total ?? 0);
  }
  return total > 0 ? steal / total : 0;
}
