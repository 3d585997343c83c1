import { relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';

/** A reporter of the test runner: one line a test file, `passed|failed <seconds> <path>`, for scripts/test.sh. */
export default async function* fileResults(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of events) {
    if (event.type !== 'test:summary' || event.data.file === undefined) continue;
    const { file, success, duration_ms } = event.data;
    yield `${success ? 'passed' : 'failed'} ${(duration_ms / 1000).toFixed(1)} ${relative(process.cwd(), file)}\n`;
  }
}
