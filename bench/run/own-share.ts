/** An event as `codeoptima events RUN --json` prints it. */
export interface PrintedEvent {
  type: string;
  recorded_at: string;
  data: Record<string, unknown>;
}

export interface TimeOfRun {
  /** From the start to the moment at which the report lay there, milliseconds. */
  wall_ms: number;
  /** Of it in a sandbox: build, tests, measurement. */
  sandbox_ms: number;
  own_share_pct: number;
}

/**
 * Share of a run's wall time that is not build, test or measurement. No task is counted with more than its wall time, since two
 * sandboxes may run at once. @throws when the run has no report
 */
export function ownShare(events: readonly PrintedEvent[]): TimeOfRun {
  const at = (event: PrintedEvent | undefined): number => Date.parse(event?.recorded_at ?? '');
  const started_ms = at(events.find(({ type }) => type === 'RunStarted'));
  const reviewed_ms = at(events.findLast(({ type, data }) => type === 'TaskCompleted' && data['task'] === 'review'));
  let sandbox_ms = 0;
  let scheduled_ms = started_ms;
  for (const event of events) {
    if (event.type === 'TaskScheduled') scheduled_ms = at(event);
    if (event.type === 'cost') sandbox_ms += Math.min(Number(event.data['ci_minutes']) * 60_000, at(event) - scheduled_ms);
  }
  const wall_ms = reviewed_ms - started_ms;
  if (!(wall_ms > 0)) throw new Error('the run has no report, so its time cannot be divided');
  return { wall_ms, sandbox_ms, own_share_pct: (100 * (wall_ms - sandbox_ms)) / wall_ms };
}
