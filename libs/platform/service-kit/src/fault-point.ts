/**
 * Named places at which a test kills the process: `CODEOPTIMA_FAULT=planner.before_commit:2` sends it SIGKILL when it passes that place
 * the second time, as a power cut would. Several are separated by commas. Without the variable a fault point is an empty function.
 */
export const parseFaults = (text: string | undefined): Map<string, number> => {
  const faults = new Map<string, number>();
  for (const part of (text ?? '').split(',')) {
    const [name = '', count = '1'] = part.trim().split(':');
    if (name !== '') faults.set(name, Number(count));
  }
  return faults;
};

const passes = parseFaults(process.env['CODEOPTIMA_FAULT']);

const countDown = (name: string): void => {
  const left = passes.get(name);
  if (left === undefined) return;
  passes.set(name, left - 1);
  if (left <= 1) process.kill(process.pid, 'SIGKILL');
};

export const faultPoint: (name: string) => void = passes.size === 0 ? () => undefined : countDown;
