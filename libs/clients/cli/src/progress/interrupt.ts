import type { CliContext } from '../context.ts';

export interface Interrupts {
  /** Aborted when the command must leave: a second Ctrl-C, or SIGTERM. */
  left: AbortSignal;
  /** What the first Ctrl-C does. */
  cancelWith(cancel: () => Promise<unknown>): void;
  isCancelling(): boolean;
  release(): void;
}

/** npm passes a Ctrl-C on that the terminal has sent to everyone already: what comes this soon is the same one. */
const SAME_INTERRUPT_MS = 800;

/** First Ctrl-C: cancel and wait. Second, or SIGTERM: leave at once. Before there is anything to cancel, the first one leaves. */
export function interruptible(context: CliContext): Interrupts {
  const leaving = new AbortController();
  let cancel: (() => Promise<unknown>) | null = null;
  let isCancelling = false;
  let interruptedAt = Number.NEGATIVE_INFINITY;
  const onInterrupt = (): void => {
    const isEcho = context.now() - interruptedAt < SAME_INTERRUPT_MS;
    interruptedAt = context.now();
    if (isEcho) return;
    if (cancel === null || isCancelling) {
      leaving.abort();
      return;
    }
    isCancelling = true;
    context.err('\nCancelling the run; this waits until everything has stopped. Ctrl-C again leaves at once.\n');
    cancel().catch((error: unknown) => {
      isCancelling = false;
      context.err(`The run could not be cancelled (${error instanceof Error ? error.message : String(error)}). Ctrl-C tries again.\n`);
    });
  };
  const release = context.onSignal((signal) => (signal === 'SIGINT' ? onInterrupt() : leaving.abort()));
  return {
    left: leaving.signal,
    cancelWith: (call) => void (cancel = call),
    isCancelling: () => isCancelling,
    release,
  };
}
