import type { MessageInitShape } from '@bufbuild/protobuf';
import type { SubscribeResponseSchema } from '@codeoptima/contracts/memory';
import type { Letter } from '../domain/mail.ts';
import { isFor } from '../domain/mail.ts';
import type { Scope } from '../domain/scope.ts';

export type Event = MessageInitShape<typeof SubscribeResponseSchema>;

/** More unsettled messages than this are not pressed upon one subscriber. */
const IN_FLIGHT_MAX = 64;

/** One open stream: what was delivered to it and is not settled, and what it is to be told next. */
export class Subscriber {
  readonly scope: Scope;
  readonly in_flight = new Set<string>();
  readonly #topics: readonly string[];
  readonly #queue: Event[] = [];
  #wake: (() => void) | null = null;
  #failure: unknown = null;

  constructor(scope: Scope, topics: readonly string[]) {
    this.scope = scope;
    this.#topics = topics;
  }

  takes(letter: Letter): boolean {
    return (
      this.in_flight.size < IN_FLIGHT_MAX && isFor(letter, this.scope) && (this.#topics.length === 0 || this.#topics.includes(letter.topic))
    );
  }

  tell(event: Event): void {
    this.#queue.push(event);
    this.#wake?.();
  }

  /** Ends the stream with an error: the subscriber subscribes again. */
  fail(error: unknown): void {
    this.#failure = error;
    this.#wake?.();
  }

  async *events(signal: AbortSignal): AsyncGenerator<Event> {
    const wake = (): void => this.#wake?.();
    signal.addEventListener('abort', wake);
    try {
      for (;;) {
        const event = this.#queue.shift();
        if (event) yield event;
        else if (this.#failure !== null) throw this.#failure;
        else if (signal.aborted) return;
        else
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
      }
    } finally {
      signal.removeEventListener('abort', wake);
    }
  }
}
