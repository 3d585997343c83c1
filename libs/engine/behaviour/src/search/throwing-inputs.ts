import { parseModule } from '../instrument/syntax.ts';
import { type Answer, copyOf, isRef, type Node, type Session, undefinedValue, type Value } from '../runtime/graph.ts';
import type { Change } from './change-values.ts';
import type { Make } from './systematic.ts';

const TEXT = 'thrown by the callback';
const CODE = 'E_THROWN';

interface Thrown {
  /** As an expression, for callbacks that are carried by their text. */
  source: string;
  value(session: Session): Value;
}

/** What callbacks throw: anything may be thrown, and only some of it is an error, has a message or is there at all. */
const kinds: readonly Thrown[] = [
  { source: `'${TEXT}'`, value: () => TEXT },
  { source: `new Error('${TEXT}')`, value: (session) => added(session, { k: 'error', name: 'Error', message: TEXT }) },
  { source: 'undefined', value: () => undefinedValue },
  {
    source: `{ code: '${CODE}', message: '${TEXT}' }`,
    value: (session) =>
      added(session, {
        k: 'object',
        props: [
          ['code', CODE],
          ['message', TEXT],
        ],
      }),
  },
];

interface Way {
  thrown: Thrown;
  /** Calls that go well before. */
  after: number;
  /** A promise that it would have answered is rejected; else it throws before there is one. */
  rejects: boolean;
}

const CALLBACKS_MAX = 3;
const AFTER = [0, 1];

/** Each kind of what may be thrown, at once and after a call that went well, by one callback after the other. */
export function throwingInputs(session: Session): Make[] {
  const callbacks = session.nodes.flatMap((node, index) => (isCallback(node) ? [index] : [])).slice(0, CALLBACKS_MAX);
  if (callbacks.length === 0) return [];
  return AFTER.flatMap((after) =>
    kinds.map((thrown, kind) => () => {
      const copy = copyOf(session);
      const node = copy.nodes[callbacks[(kind + after) % callbacks.length] as number];
      if (node?.k !== 'function') return null;
      makeThrow(copy, node, { thrown, after, rejects: true });
      return { session: copy, origin: session.key, in_domain: true };
    }),
  );
}

/** Whatever a callback throws goes through the same code: sessions with callbacks that do the same each try a share of it. */
export function throwingShares(sessions: readonly Session[]): (session: Session) => Make[] {
  const functionsOf = ({ steps }: Session): string => [...new Set(steps.map(({ id }) => id))].toSorted((a, b) => a - b).join();
  const throwers = sessions.filter(({ nodes }) => nodes.some(isCallback));
  return (session) => {
    const alike = throwers.filter((other) => functionsOf(other) === functionsOf(session));
    return throwingInputs(session).filter((_, at) => at % alike.length === alike.indexOf(session));
  };
}

/** Callbacks that throw or reject, at once or after some calls. */
export const throwing: Change = (session, random) => {
  const node = random.pick(session.nodes.filter(isCallback));
  const thrown = random.pick(kinds);
  if (node?.k !== 'function' || !thrown) return null;
  makeThrow(session, node, { thrown, after: random.below(3), rejects: random.chance(0.5) });
  return true;
};

const isCallback = (node: Node): boolean => node.k === 'function' && node.builtin === undefined && node.id === undefined;

function makeThrow(session: Session, node: Node & { k: 'function' }, { thrown, after, rejects }: Way): void {
  if (node.source !== undefined && !node.answers) {
    const fail = `throw ${thrown.source};`;
    const late = `const result = original.apply(this, args); if (result instanceof Promise) return result.then(() => { ${fail} });`;
    node.source = `((original, turn) => function (...args) { if (turn++ < ${after}) return original.apply(this, args); ${rejects ? late : ''} ${fail} })(${functionText(node.source)}, 0)`;
    return;
  }
  const answers = node.answers ?? [];
  const value = thrown.value(session);
  const isLate = rejects && answers.some((answer) => isPromise(answer, session));
  const last: Answer = isLate ? { ret: added(session, { k: 'promise', settled: { throw: value } }) } : { throw: value };
  node.answers = [...answers.slice(0, after), last];
}

/** The text of a function as an expression; that of a method is none by itself. */
function functionText(source: string): string {
  const text = `(${source})`;
  try {
    parseModule(text, 'callback.js');
    return text;
  } catch {
    return `((made) => made[Reflect.ownKeys(made)[0]])({ ${source} })`;
  }
}

const isPromise = (answer: Answer, session: Session): boolean =>
  'ret' in answer && isRef(answer.ret) && session.nodes[answer.ret.r]?.k === 'promise';

function added(session: Session, node: Node): Value {
  session.nodes.push(node);
  return { r: session.nodes.length - 1 };
}
