import { CodeOptimaError } from '@codeoptima/contracts';
import type { CliContext } from '../context.ts';

export interface Interrupts {
  /** Aborted by a Ctrl-C that comes before there is anything to cancel, and by SIGTERM: nothing more is to be started. */
  early: AbortSignal;
  /** Aborted when the command must leave: a second Ctrl-C, or SIGTERM. */
  left: AbortSignal;
  /** From now on this is what the first Ctrl-C does; one that came before counts. */
  cancelWith(cancel: () => Promise<unknown>): void;
  isCancelling(): boolean;
  /** The run has ended: there is nothing to cancel any more. */
  ended(): void;
  release(): void;
}

/** npm passes a Ctrl-C on that the terminal has sent to everyone already: what comes this soon is the same one. */
const SAME_INTERRUPT_MS = 800;

/** A command that was interrupted before its run was submitted. */
export const interruptedEarly = (): CodeOptimaError =>
  new CodeOptimaError('cancelled', 'interrupted before the run was submitted; what was started is stopped again.');

/** First Ctrl-C: cancel and wait. Second, or SIGTERM: leave at once. Before there is anything to cancel, the first one ends the start. */
export function interruptible(context: CliContext): Interrupts {
  const early = new AbortController();
  const leaving = new AbortController();
  let cancel: (() => Promise<unknown>) | null = null;
  let isCancelling = false;
  let hasEnded = false;
  let interruptedAt = Number.NEGATIVE_INFINITY;
  const startCancelling = (call: () => Promise<unknown>): void => {
    isCancelling = true;
    context.err('\nCancelling the run; this waits until everything has stopped. Ctrl-C again leaves at once.\n');
    call().catch((error: unknown) => {
      isCancelling = false;
      context.err(`The run could not be cancelled (${error instanceof Error ? error.message : String(error)}). Ctrl-C tries again.\n`);
    });
  };
  const onInterrupt = (): void => {
    const isEcho = context.now() - interruptedAt < SAME_INTERRUPT_MS;
    interruptedAt = context.now();
    if (isEcho) return;
    if (hasEnded) context.err('\nThe run has ended already; what was started for it stops now.\n');
    else if (isCancelling || leaving.signal.aborted) leaving.abort();
    else if (cancel !== null) startCancelling(cancel);
    else if (early.signal.aborted) leaving.abort();
    else {
      context.err('\nInterrupted; this waits a moment until what was started has stopped.\n');
      early.abort();
    }
  };
  const onTerminate = (): void => {
    early.abort();
    leaving.abort();
  };
  const release = context.onSignal((signal) => (signal === 'SIGINT' ? onInterrupt() : onTerminate()));
  return {
    early: early.signal,
    left: leaving.signal,
    cancelWith: (call) => {
      cancel = call;
      if (early.signal.aborted && !leaving.signal.aborted) startCancelling(call);
    },
    isCancelling: () => isCancelling,
    ended: () => void (hasEnded = true),
    release,
  };
}
