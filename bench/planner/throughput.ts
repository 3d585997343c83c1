import { RunService, WorkService } from '@codeoptima/contracts';
import { createClient } from '@codeoptima/rpc';
import { longRequest, longResult } from './hop.ts';
import type { BenchFleet } from './fleet.ts';

/** Decisions appended in each whole second. */
export interface Rate {
  completions_per_s: number[];
}

/**
 * Sixteen clients, each with runs of its own: claim whatever is due, complete it, again. A completion is one appended decision; the
 * claim before it is a commit too, and both pass gRPC.
 */
export async function measureThroughput(fleet: BenchFleet, clients: number, seconds: number): Promise<Rate> {
  const runs = createClient(RunService, { address: fleet.address });
  let serial = 0;
  const submit = async (): Promise<void> =>
    void (await runs.submitRun({ workflow: 'optimize', requestJson: longRequest(`load-${(serial += 1)}`) }));
  await Promise.all(Array.from({ length: clients * 2 }, submit));
  const completions_per_s = Array.from({ length: seconds }, () => 0);
  const started = performance.now() + 2_000;
  const drive = async (): Promise<void> => {
    const work = createClient(WorkService, { address: fleet.address });
    for (;;) {
      let claimed = false;
      for (const service of ['benchmark-runner', 'refactorer', 'analyzer', 'builder', 'reviewer']) {
        const { item } = await work.claim({ itemId: '', service, incarnation: 'bench' });
        if (item === undefined) continue;
        claimed = true;
        const resultJson = JSON.stringify(longResult(item, () => (serial += 1)));
        await work.complete({ itemId: item.itemId, epoch: item.epoch, resultJson });
        const second = Math.floor((performance.now() - started) / 1000);
        if (second >= 0 && second < seconds) completions_per_s[second] = (completions_per_s[second] ?? 0) + 1;
        if (item.task === 'review') await submit();
        break;
      }
      if (performance.now() - started >= seconds * 1000) return work.close();
      if (!claimed) await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  await Promise.all(Array.from({ length: clients }, drive));
  runs.close();
  return { completions_per_s };
}
