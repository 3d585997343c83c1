import { dirname } from 'node:path';
import { resourceLimits, sandboxEnvironment } from './bubblewrap.ts';
import { searchPath } from './env.ts';
import { HOME_TARGET, type Limits, NODE_TARGET, type SandboxSpec } from './spec.ts';
import type { Launch } from './supervise.ts';

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** Maps paths inside the sandbox back to the host's, longest target first. */
export function backToSources(spec: SandboxSpec, nodeSource: string, home: string): (text: string) => string {
  const pairs = [
    ...spec.mounts.map((mount): [string, string] => [mount.target, mount.source]),
    [NODE_TARGET, nodeSource] as [string, string],
    [dirname(NODE_TARGET), dirname(nodeSource)] as [string, string],
    [HOME_TARGET, home] as [string, string],
  ].sort((a, b) => b[0].length - a[0].length);
  const sources = new Map(pairs);
  const pattern = new RegExp(`(?<![\\w./-])(?:${pairs.map(([target]) => escape(target)).join('|')})(?![\\w.-])`, 'g');
  return (text) => text.replaceAll(pattern, (target) => sources.get(target) ?? target);
}

/**
 * The same command without isolation: paths are mapped back, file size, CPU time, wall time and output stay limited, memory and processes
 * are watched by polling. A process that leaves the process group (setsid) survives; the network and the home folder are open.
 */
export function unsandboxedLaunch(spec: SandboxSpec, limits: Limits, nodeSource: string, home: string): Launch {
  const back = backToSources(spec, nodeSource, home);
  const env = Object.fromEntries(Object.entries(sandboxEnvironment(spec)).map(([name, value]) => [name, back(value)]));
  env['PATH'] = `${env['PATH']}:${searchPath()}`;
  return { argv: [...resourceLimits(limits, false), ...spec.argv.map(back)], cwd: back(spec.cwd), env, isolated: false };
}
