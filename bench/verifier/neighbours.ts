import { spawn } from 'node:child_process';

/** Busy for random bursts of up to a second, idle as long on average. */
const BURSTS = `
const burst = () => {
  const until = performance.now() + Math.random() * 1000;
  let list = [];
  while (performance.now() < until) { list.push(Math.random()); if (list.length > 20000) { list.sort(); list = []; } }
  setTimeout(burst, Math.random() * 1000);
};
burst();`;

/** Runs `action` beside `count` bursty processes. */
export async function withNeighbours<T>(count: number, action: () => Promise<T>): Promise<T> {
  const processes = Array.from({ length: count }, () => spawn(process.execPath, ['-e', BURSTS], { stdio: 'ignore' }));
  try {
    return await action();
  } finally {
    for (const child of processes) child.kill('SIGKILL');
  }
}
