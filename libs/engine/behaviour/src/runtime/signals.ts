import type { Node, Value } from './graph.ts';
import { tagOf } from './tags.ts';

type SignalNode = Node & { k: 'signal' };

const controllers = new WeakMap<object, AbortController>();

/** Whether a signal is aborted; null for what is none, however it calls itself. */
export function abortedState(value: object): boolean | null {
  if (tagOf(value) !== 'AbortSignal') return null;
  try {
    return Reflect.get(AbortSignal.prototype, 'aborted', value);
  } catch {
    return null;
  }
}

/** The signal as a node; a reason that the engine made itself is left out. */
export function signalNode(value: object, aborted: boolean, write: (reason: unknown) => Value): SignalNode {
  if (!aborted) return { k: 'signal' };
  const { reason } = value as AbortSignal;
  return { k: 'signal', aborted, ...(reason instanceof DOMException ? {} : { reason: write(reason) }) };
}

/** A signal as its owner hands it out: aborted already, or by a timer, or by whoever calls `abortSignal`. */
export function makeSignal({ aborted, aborts_ms }: SignalNode, reason: unknown): AbortSignal {
  const controller = new AbortController();
  if (aborted) controller.abort(reason);
  else if (aborts_ms !== undefined) setTimeout(() => controller.abort(), aborts_ms);
  controllers.set(controller.signal, controller);
  return controller.signal;
}

export function abortSignal(signal: unknown): void {
  if (typeof signal === 'object' && signal !== null) controllers.get(signal)?.abort();
}
