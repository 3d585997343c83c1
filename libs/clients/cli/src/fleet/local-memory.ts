import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { CodeOptimaError, EXIT_BAD_INPUT } from '@codeoptima/contracts';
import { identify, type SidecarKeys } from '@codeoptima/embedded';
import { masterKeyOf } from './environment.ts';
import { type Layout, SERVICES_ROOT, openLayout } from './layout.ts';
import type { Member } from './member.ts';
import { ENGINE, GATEWAY, launchMemory, memoryMembers, stopMemory } from './memory.ts';
import { askReady } from './probe.ts';
import { becomeSupervisor } from './single-instance.ts';
import { readState, removeState, writeState } from './state.ts';
import { stopFleet } from './stop.ts';

// `npm run memory`: the vector engine and its gateway alone, in the foreground, as a small server for any Qdrant client.

const USAGE = `usage: npm run memory -- [--data-dir DIR] [--rest HOST:PORT] [--grpc HOST:PORT] [--api-key-file FILE]
                        [--master-key-file FILE | --master-key-command COMMAND] [--rotate-keys]

  --data-dir DIR       where everything is kept (~/.local/share/codeoptima-memory)
  --rest HOST:PORT     Qdrant's REST (127.0.0.1:6333)
  --grpc HOST:PORT     Qdrant's gRPC (127.0.0.1:6334)
  --api-key-file FILE  key of at least 16 characters that clients must send; needed beyond loopback
  --master-key-file FILE, --master-key-command COMMAND
                       32 bytes, raw or as 64 hex digits: new collections are encrypted under them
  --rotate-keys        give every encrypted collection a new data key now
`;

const READY_MS = 180_000;
const NO_FLEET = { postgres_url: '', nats_url: '', stores: [], services: [] };
const LOOPBACK = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\]):/;

const wrong = (sentence: string): never => {
  throw new CodeOptimaError('bad_input', sentence);
};

const address = (flag: string, given: string): string => {
  const port = Number(/^(?:[\w.-]+|\[[0-9a-f:]+\]):(\d{1,5})$/i.exec(given)?.[1] ?? Number.NaN);
  return port <= 65_535 ? given : wrong(`--${flag} ${given}: write HOST:PORT, such as 127.0.0.1:6333.`);
};

const keyFrom = (path: string): string => {
  if (!existsSync(path)) wrong(`--api-key-file ${path}: there is no such file.`);
  const key = readFileSync(path, 'utf8').trim();
  return key.length >= 16 ? key : wrong(`--api-key-file ${path}: the key has ${key.length} characters, at least 16 are needed.`);
};

interface Options {
  data_dir: string;
  rest: string;
  grpc: string;
  api_key: string | null;
  keys: SidecarKeys;
}

/** The flags, or else what the environment says. */
const keysFrom = (file: string | undefined, command: string | undefined, rotate_keys: boolean): SidecarKeys => {
  if (file !== undefined && command !== undefined) wrong('--master-key-file and --master-key-command: one of them is enough.');
  const given = {
    ...(file === undefined ? {} : { master_key_file: file }),
    ...(command === undefined ? {} : { master_key_command: command }),
  };
  const keys = file === undefined && command === undefined ? masterKeyOf(process.env) : given;
  const { master_key_file } = keys;
  if (master_key_file !== undefined && !existsSync(master_key_file)) wrong(`--master-key-file ${master_key_file}: there is no such file.`);
  if (rotate_keys && Object.keys(keys).length === 0)
    wrong('--rotate-keys needs the master key: give --master-key-file or --master-key-command.');
  return { ...keys, rotate_keys };
};

const parse = (args: string[]): Options => {
  const string = { type: 'string' } as const;
  const { values } = parseArgs({
    args,
    options: {
      'data-dir': string,
      rest: string,
      grpc: string,
      'api-key-file': string,
      'master-key-file': string,
      'master-key-command': string,
      'rotate-keys': { type: 'boolean' },
      help: { type: 'boolean' },
      check: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    process.exit(0);
  }
  const rest = address('rest', values.rest ?? '127.0.0.1:6333');
  const grpc = address('grpc', values.grpc ?? '127.0.0.1:6334');
  if (rest === grpc && !rest.endsWith(':0')) wrong(`--rest and --grpc are both ${rest}; they need an address each.`);
  const api_key = values['api-key-file'] === undefined ? null : keyFrom(values['api-key-file']);
  for (const open of [rest, grpc])
    if (api_key === null && !LOOPBACK.test(open))
      wrong(`${open} can be reached by others: give --api-key-file, or an address on 127.0.0.1.`);
  const keys = keysFrom(values['master-key-file'], values['master-key-command'], values['rotate-keys'] ?? false);
  // Only whether the flags are right, before minutes go by with building the engine.
  if (values.check) process.exit(0);
  return { data_dir: resolve(values['data-dir'] ?? join(homedir(), '.local', 'share', 'codeoptima-memory')), rest, grpc, api_key, keys };
};

const optionsOf = (args: string[]): Options => {
  try {
    return parse(args);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}`);
    return process.exit(EXIT_BAD_INPUT);
  }
};

/** The last thing a member wrote, in its own words. */
const lastWords = (log: string): string => {
  const line = existsSync(log) ? (readFileSync(log, 'utf8').trimEnd().split('\n').at(-1) ?? '') : '';
  try {
    return (JSON.parse(line) as { err?: { message?: string } }).err?.message ?? line;
  } catch {
    return line;
  }
};

const portsOf = ({ rest, grpc, api_key }: Options): NodeJS.ProcessEnv => ({
  CODEOPTIMA_MEMORY_REST_LISTEN: rest,
  CODEOPTIMA_MEMORY_GRPC_LISTEN: grpc,
  ...(api_key === null ? {} : { CODEOPTIMA_MEMORY_API_KEY: api_key }),
});

/** Where the gateway really listens: it takes a free port for 0. */
const boundPorts = (layout: Layout, options: Options): { rest: string; grpc: string } => {
  const ready = readFileSync(layout.log(GATEWAY), 'utf8')
    .trimEnd()
    .split('\n')
    .findLast((line) => line.includes('"msg":"ready"'));
  return ready ? (JSON.parse(ready) as { rest: string; grpc: string }) : options;
};

/** What a later start has to end if this one is killed. */
const note = (layout: Layout, members: readonly Member[]): void => {
  try {
    writeState(layout.state, { ...NO_FLEET, supervisor: identify(process.pid), memory: members.map(({ state }) => state) });
  } catch (error) {
    // A full disk must not end the one who keeps the others alive.
    console.error(`fleet.json could not be written: ${CodeOptimaError.from(error).message}`);
  }
};

const main = async (options: Options): Promise<void> => {
  const layout = openLayout(options.data_dir);
  const lock = await becomeSupervisor(layout.data_dir);
  const previous = readState(layout.state);
  if (lock === null) {
    const owner = previous === null ? 'another process' : `process ${previous.supervisor.pid}`;
    return wrong(`${layout.data_dir} is in use by ${owner}; end it, or choose another --data-dir.`);
  }
  // What a killed one left running would hold the data and the ports.
  if (previous !== null) await stopFleet({ data_dir: layout.data_dir });
  const stopping = new AbortController();
  const members = memoryMembers(layout, {
    services_root: SERVICES_ROOT,
    ports: portsOf(options),
    keys: options.keys,
    adopt: () => null,
    changed: () => {
      for (const { state } of members) if (state.trouble !== '') console.error(`${state.name} ${state.trouble}`);
      note(layout, members);
    },
  });
  const stop = async (code: number): Promise<void> => {
    if (stopping.signal.aborted) return;
    stopping.abort();
    await stopMemory(members);
    removeState(layout.state);
    process.exit(code);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop(0));
  await launchMemory(members, stopping.signal, () => undefined);
  const expired = AbortSignal.timeout(READY_MS);
  while ((await askReady(layout.probeAddress(GATEWAY)))?.length !== 0 && !stopping.signal.aborted) {
    const failed = members.find(({ state }) => state.restarts > 0 || (state.name === ENGINE && state.process === null));
    if (failed || expired.aborted) {
      const name = failed?.state.name ?? GATEWAY;
      console.error(`${name} did not start: ${lastWords(layout.log(name))} (log: ${layout.log(name)})`);
      await stop(1);
    }
    await sleep(50);
  }
  if (stopping.signal.aborted) return;
  const { rest, grpc } = boundPorts(layout, options);
  console.log(`REST http://${rest}  gRPC ${grpc}  data in ${layout.data_dir}  (Ctrl-C ends it)`);
};

await main(optionsOf(process.argv.slice(2))).catch((error: unknown) => {
  console.error(CodeOptimaError.from(error).message);
  process.exit(EXIT_BAD_INPUT);
});
