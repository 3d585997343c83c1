// Bytes allocated per operation, by V8's sampling heap profiler with collected objects included: unlike the difference of
// heap sizes it does not go wrong when the collector runs in between. Taken before foreign code can reach the inspector's
// session, and only after the timing is over, since the profiler slows allocation.
import { Session } from 'node:inspector';

const SAMPLES_WANTED = 2000;
const FIRST_INTERVAL_BYTES = 1024;
const OPERATIONS_MAX = 4096;

const post = (session, method, parameters) =>
  new Promise((resolve, reject) => {
    session.post(method, parameters, (error, result) => {
      if (error) reject(error);
      else resolve(result);
    });
  });

const total = (node) => node.children.reduce((sum, child) => sum + total(child), node.selfSize);

async function allocatedBy(session, run, operations, interval) {
  await post(session, 'HeapProfiler.startSampling', {
    samplingInterval: interval,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  await run(operations);
  const { profile } = await post(session, 'HeapProfiler.stopSampling');
  return total(profile.head) / operations;
}

/** `run(n)` runs n operations. The estimate has a relative error of about 1/sqrt(2000), and a floor of a few hundred bytes. */
export async function allocatedPerOperation(run, iterations) {
  const session = new Session();
  session.connect();
  try {
    const few = Math.max(1, Math.min(iterations, 16));
    const first = await allocatedBy(session, run, few, FIRST_INTERVAL_BYTES);
    if (first * few >= SAMPLES_WANTED * FIRST_INTERVAL_BYTES) return first;
    const operations = Math.max(1, Math.min(iterations, OPERATIONS_MAX));
    const interval = Math.max(16, Math.min(FIRST_INTERVAL_BYTES, Math.floor((first * operations) / SAMPLES_WANTED)));
    return await allocatedBy(session, run, operations, interval);
  } finally {
    session.disconnect();
  }
}
