import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkHealth } from '@codeoptima/rpc';
import { eventually, startNats, startPostgres } from '@codeoptima/testkit';

/** A planner as its own process on an embedded Postgres and nats-server of their own. */
export interface BenchFleet {
  address: string;
  nats_url: string;
  postgres_url: string;
  data_dir: string;
  stop: () => Promise<void>;
}

export async function startBenchFleet(): Promise<BenchFleet> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-planner-'));
  const address = `unix:${join(dir, 's', 'planner.sock')}`;
  const [postgres, nats] = await Promise.all([startPostgres(), startNats()]);
  const env = {
    ...process.env,
    CODEOPTIMA_DATA_DIR: dir,
    CODEOPTIMA_NATS_URL: nats.url,
    CODEOPTIMA_POSTGRES_URL: postgres.url,
    CODEOPTIMA_PLANNER_ADDRESS: address,
    CODEOPTIMA_LOG_LEVEL: 'error',
  };
  const main = join(import.meta.dirname, '../../services/planner/src/main.ts');
  const planner: ChildProcess = spawn(process.execPath, [main], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  await eventually(async () => {
    if (!(await checkHealth(address))) throw new Error('the planner does not serve');
  });
  return {
    address,
    nats_url: nats.url,
    postgres_url: postgres.url,
    data_dir: dir,
    stop: async () => {
      planner.kill('SIGTERM');
      await once(planner, 'exit');
      await Promise.all([postgres.stop(), nats.stop()]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
