import type { JsonObject, MessageInitShape } from '@bufbuild/protobuf';
import { CodeOptimaError } from '@codeoptima/contracts';
import { type Message, type MessageSchema, Notice_Reason } from '@codeoptima/contracts/memory';
import { timestamp } from '../domain/answer.ts';
import { uuid } from '../domain/identity.ts';
import { type End, endOf, isDue, isFor, isFrom, isSettled, type Letter, letterOf } from '../domain/mail.ts';
import type { Scope } from '../domain/scope.ts';
import type { FenceStamp, Fences } from './fences.ts';
import { KeyedLock } from './keyed-lock.ts';
import type { LetterStore } from './letters.ts';
import { type Event, Subscriber } from './subscriber.ts';

const LETTERS_MAX = 20_000;
/** How long an ended message is kept for its sender to be told. */
const NOTICE_MS = 86_400_000;

const REASONS: Record<End, Notice_Reason> = {
  undelivered: Notice_Reason.UNDELIVERED,
  unanswered: Notice_Reason.UNANSWERED,
  dependency_failed: Notice_Reason.DEPENDENCY_FAILED,
};

const messageOf = (letter: Letter): MessageInitShape<typeof MessageSchema> => ({
  id: letter.id,
  toRole: letter.to_role,
  toAgent: letter.to_agent,
  topic: letter.topic,
  body: letter.body as JsonObject,
  requiresReply: letter.requires_reply,
  inReplyTo: letter.in_reply_to,
  dependsOn: letter.depends_on,
  ttlS: BigInt(Math.round((letter.expires_at_ms - letter.sent_at_ms) / 1_000)),
  from: { project: letter.project, role: letter.from_role, agent: letter.from_agent },
  sentAt: timestamp(letter.sent_at_ms),
  expiresAt: timestamp(letter.expires_at_ms),
});

export interface MailboxOptions {
  letters: LetterStore;
  fences: Fences;
  now_ms: () => number;
  uuid: () => string;
}

/** Messages between agents: kept before they are acknowledged, delivered to one subscriber of their role at a time, at least once. */
export class Mailbox {
  readonly #o: MailboxOptions;
  readonly #lock = new KeyedLock();
  readonly #subscribers = new Set<Subscriber>();
  /** By project and id; filled from the store at the first use. */
  readonly #letters = new Map<string, Letter>();
  readonly #held = new Map<string, Subscriber>();
  /** Ended messages whose senders know it. */
  readonly #told = new Set<string>();
  #loaded: Promise<void> | null = null;
  #tending = false;

  constructor(options: MailboxOptions) {
    this.#o = options;
  }

  #key(project: string, id: string): string {
    return `${project}\n${id}`;
  }

  #find(project: string): (id: string) => Letter | undefined {
    return (id) => this.#letters.get(this.#key(project, id));
  }

  async #ready(): Promise<void> {
    this.#loaded ??= this.#load();
    try {
      await this.#loaded;
    } catch (error) {
      this.#loaded = null;
      throw error;
    }
  }

  async #load(): Promise<void> {
    for (const letter of await this.#o.letters.all()) this.#letters.set(this.#key(letter.project, letter.id), letter);
  }

  async send(scope: Scope, stamp: FenceStamp, message: Message | undefined): Promise<Letter> {
    if (!message) throw new CodeOptimaError('bad_input', 'the message is missing.');
    const id = message.id === '' ? this.#o.uuid() : uuid(message.id, 'message.id');
    await this.#ready();
    return await this.#o.fences.guard(stamp, () =>
      this.#lock.run([scope.project], async () => {
        const known = this.#letters.get(this.#key(scope.project, id));
        if (known && isFrom(known, scope)) return known;
        if (known) throw new CodeOptimaError('conflict', `message ${id} is somebody else's.`, { ids: { id } });
        if (this.#letters.size >= LETTERS_MAX)
          throw new CodeOptimaError('unavailable', `${LETTERS_MAX} messages wait already; none is taken until some are settled.`);
        const letter = letterOf(message, scope, id, this.#o.now_ms(), this.#find(scope.project));
        const answered = this.#letters.get(this.#key(scope.project, letter.in_reply_to));
        const settled = answered ? [{ ...answered, acknowledged: true, answered: true }] : [];
        await this.#keep([letter, ...settled]);
        this.#dispatch(scope.project);
        return letter;
      }),
    );
  }

  /** False when it was settled before, or is gone. */
  async acknowledge(scope: Scope, stamp: FenceStamp, given: string): Promise<boolean> {
    const id = uuid(given, 'message_id');
    await this.#ready();
    return await this.#o.fences.guard(stamp, () =>
      this.#lock.run([scope.project], async () => {
        const letter = this.#letters.get(this.#key(scope.project, id));
        if (!letter || letter.acknowledged) return false;
        if (!isFor(letter, scope)) throw new CodeOptimaError('not_found', `message ${id} is not for ${scope.role}.`, { ids: { id } });
        await this.#keep([{ ...letter, acknowledged: true }]);
        this.#dispatch(scope.project);
        return true;
      }),
    );
  }

  async *subscribe(scope: Scope, topics: readonly string[], signal: AbortSignal): AsyncGenerator<Event> {
    await this.#ready();
    const subscriber = new Subscriber(scope, topics);
    subscriber.tell({ event: { case: 'subscribed', value: true } });
    this.#subscribers.add(subscriber);
    try {
      this.#dispatch(scope.project);
      await this.sweep();
      yield* subscriber.events(signal);
    } finally {
      this.#subscribers.delete(subscriber);
      for (const key of subscriber.in_flight) this.#held.delete(key);
      this.#dispatch(scope.project);
    }
  }

  /** Tells senders of what ended unsettled, and lets go of what nobody waits for. */
  async sweep(): Promise<void> {
    await this.#ready();
    for (const project of new Set([...this.#letters.values()].map((letter) => letter.project)))
      await this.#lock.run([project], () => this.#sweepProject(project));
  }

  /** The same while somebody listens; whoever comes later starts it himself. */
  async tend(): Promise<void> {
    // Rounds must not pile up behind a store that is slow.
    if (this.#subscribers.size === 0 || this.#tending) return;
    this.#tending = true;
    try {
      await this.sweep();
    } finally {
      this.#tending = false;
    }
  }

  waiting(project: string): number {
    return [...this.#letters.values()].filter((letter) => letter.project === project && !isSettled(letter)).length;
  }

  /** Ends every stream, at the end of the gateway. */
  close(): void {
    for (const subscriber of this.#subscribers) subscriber.fail(new CodeOptimaError('unavailable', 'the memory gateway is stopping.'));
  }

  async #sweepProject(project: string): Promise<void> {
    const now_ms = this.#o.now_ms();
    const letters = [...this.#letters.values()].filter((letter) => letter.project === project);
    const needed = new Set(letters.filter((letter) => letter.expires_at_ms > now_ms).flatMap((letter) => letter.depends_on));
    const done: Letter[] = [];
    for (const letter of letters) {
      const end = endOf(letter, now_ms, this.#find(project));
      const told = end !== null && this.#tell(letter, end);
      const over = end === null ? letter.expires_at_ms <= now_ms : told || letter.expires_at_ms + NOTICE_MS <= now_ms;
      // A told failure is kept while something depends on it, which then fails in its turn.
      if (over && !needed.has(letter.id)) done.push(letter);
    }
    if (done.length === 0) return;
    await this.#o.letters.remove(done);
    for (const letter of done) {
      this.#letters.delete(this.#key(project, letter.id));
      this.#told.delete(this.#key(project, letter.id));
      this.#release(this.#key(project, letter.id));
    }
  }

  /** Whether the sender knows of the end. */
  #tell(letter: Letter, end: End): boolean {
    const key = this.#key(letter.project, letter.id);
    if (this.#told.has(key)) return true;
    const sender = [...this.#subscribers].find(({ scope }) => isFrom(letter, scope));
    sender?.tell({ event: { case: 'notice', value: { messageId: letter.id, reason: REASONS[end] } } });
    if (sender) this.#told.add(key);
    return sender !== undefined;
  }

  async #keep(letters: readonly Letter[]): Promise<void> {
    await this.#o.letters.put(letters);
    for (const letter of letters) {
      const key = this.#key(letter.project, letter.id);
      this.#letters.set(key, letter);
      if (letter.acknowledged) this.#release(key);
    }
  }

  #release(key: string): void {
    this.#held.get(key)?.in_flight.delete(key);
    this.#held.delete(key);
  }

  /** Gives every due message of a project to a subscriber that takes it, the least busy first. */
  #dispatch(project: string): void {
    const now_ms = this.#o.now_ms();
    for (const [key, letter] of this.#letters) {
      if (letter.project !== project || this.#held.has(key) || !isDue(letter, now_ms, this.#find(project))) continue;
      const [subscriber] = [...this.#subscribers].filter((each) => each.takes(letter)).sort((a, b) => a.in_flight.size - b.in_flight.size);
      if (!subscriber) continue;
      this.#held.set(key, subscriber);
      subscriber.in_flight.add(key);
      subscriber.tell({ event: { case: 'message', value: messageOf(letter) } });
    }
  }
}
