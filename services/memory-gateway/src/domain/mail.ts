import { CodeOptimaError } from '@codeoptima/contracts';
import type { Message } from '@codeoptima/contracts/memory';
import { uuid } from './identity.ts';
import type { Json } from './record.ts';
import type { Scope } from './scope.ts';

/** A message as it is kept. Times in milliseconds since 1970. */
export interface Letter {
  id: string;
  project: string;
  from_role: string;
  from_agent: string;
  to_role: string;
  to_agent: string;
  topic: string;
  body: { [key: string]: Json };
  requires_reply: boolean;
  in_reply_to: string;
  depends_on: string[];
  sent_at_ms: number;
  expires_at_ms: number;
  acknowledged: boolean;
  answered: boolean;
}

export type End = 'undelivered' | 'unanswered' | 'dependency_failed';

const TTL_S = 3_600;
const TTL_S_MAX = 30 * 86_400;
const BODY_BYTES_MAX = 256 * 1024;
const WORD = /^[\w./:@-]{0,128}$/;

const wrong = (sentence: string): never => {
  throw new CodeOptimaError('bad_input', sentence);
};

export const isFor = (letter: Letter, scope: Scope): boolean =>
  letter.project === scope.project && letter.to_role === scope.role && (letter.to_agent === '' || letter.to_agent === scope.agent);

export const isFrom = (letter: Letter, scope: Scope): boolean =>
  letter.project === scope.project && letter.from_role === scope.role && letter.from_agent === scope.agent;

export const isSettled = (letter: Letter): boolean => (letter.requires_reply ? letter.answered : letter.acknowledged || letter.answered);

/**
 * A message to send, checked. A reply goes to whoever sent what it answers.
 * @throws CodeOptimaError `bad_input` with what is wrong, `not_found` for a reply to nothing or to somebody else's message.
 */
export const letterOf = (message: Message, scope: Scope, id: string, now_ms: number, find: (id: string) => Letter | undefined): Letter => {
  const ttl_s = message.ttlS === 0n ? TTL_S : Number(message.ttlS);
  if (ttl_s < 1 || ttl_s > TTL_S_MAX) wrong(`message.ttl_s ${ttl_s} is not between 1 and ${TTL_S_MAX}.`);
  for (const [name, value] of Object.entries({ to_role: message.toRole, to_agent: message.toAgent, topic: message.topic }))
    if (!WORD.test(value)) wrong(`message.${name} must be at most 128 characters of letters, digits and . _ - / : @.`);
  const body = (message.body ?? {}) as { [key: string]: Json };
  const size = Buffer.byteLength(JSON.stringify(body));
  if (size > BODY_BYTES_MAX) wrong(`message.body is ${size} bytes of JSON; at most ${BODY_BYTES_MAX} are taken.`);
  const own = (given: string, what: string): Letter => {
    const found = find(uuid(given, what));
    if (found?.project === scope.project) return found;
    throw new CodeOptimaError('not_found', `${what} ${given} is no message of project ${scope.project} that still lives.`);
  };
  const answered = message.inReplyTo === '' ? null : own(message.inReplyTo, 'message.in_reply_to');
  if (answered && !isFor(answered, scope)) wrong(`message ${answered.id} was not for ${scope.role}, who therefore cannot answer it.`);
  const to_role = answered ? answered.from_role : message.toRole;
  if (to_role === '') wrong('message.to_role is missing.');
  if (message.dependsOn.length > 64) wrong('message.depends_on has more than 64 entries.');
  return {
    id,
    project: scope.project,
    from_role: scope.role,
    from_agent: scope.agent,
    to_role,
    to_agent: answered ? answered.from_agent : message.toAgent,
    topic: message.topic === '' && answered ? answered.topic : message.topic,
    body,
    requires_reply: message.requiresReply,
    in_reply_to: answered?.id ?? '',
    // What lives by now decides; an id that is its own dependency is not found, since it is not kept yet.
    depends_on: message.dependsOn.map((given) => own(given, 'message.depends_on').id),
    sent_at_ms: now_ms,
    expires_at_ms: now_ms + ttl_s * 1_000,
    acknowledged: false,
    answered: false,
  };
};

/** Whether it may be delivered now. */
export const isDue = (letter: Letter, now_ms: number, find: (id: string) => Letter | undefined): boolean =>
  !letter.acknowledged &&
  !letter.answered &&
  letter.expires_at_ms > now_ms &&
  letter.depends_on.every((id) => {
    const other = find(id);
    return other !== undefined && isSettled(other);
  });

/** How a message ended that did not reach its aim; null while it may, or when it did. */
export const endOf = (letter: Letter, now_ms: number, find: (id: string) => Letter | undefined): End | null => {
  if (isSettled(letter)) return null;
  const failed = letter.depends_on.some((id) => {
    const other = find(id);
    return other === undefined || (!isSettled(other) && other.expires_at_ms <= now_ms);
  });
  if (failed && !letter.acknowledged) return 'dependency_failed';
  if (letter.expires_at_ms > now_ms) return null;
  return letter.requires_reply ? 'unanswered' : 'undelivered';
};
