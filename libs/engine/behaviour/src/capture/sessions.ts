import { closedSource } from '../instrument/closed-source.ts';
import type { Answer, FunctionMeta, Node, Session, Step, Value } from '../runtime/graph.ts';
import { isOut, isRef, mapNode, valuesOf } from '../runtime/graph.ts';
import type { CallLine, RecordedStep, Records } from './read-records.ts';

const stepLimit = 60;
/** Longer sessions are cut: what a package does at its thousandth call shows in the time it takes, and hardly ever elsewhere. */
export const STEPS_MAX = 400;

export interface SessionPool {
  sessions: Session[];
  /** Sessions of which only the first `STEPS_MAX` steps are kept. */
  cut: number;
  /** Calls that could not be carried, by manifest id and reason. */
  notCarried: Map<number, Record<string, number>>;
}

/** Cuts the recorded steps into sessions: each step in which a changed function ran, with the earlier steps its values came from. */
export function sessionsOf(records: Records, functions: FunctionMeta[]): SessionPool {
  const pool: SessionPool = { sessions: [], cut: 0, notCarried: new Map() };
  const note = (id: number, reason: string): void => {
    const reasons = pool.notCarried.get(id) ?? {};
    reasons[reason] = (reasons[reason] ?? 0) + 1;
    pool.notCarried.set(id, reasons);
  };
  for (const [index, process] of records.processes.entries()) {
    const { outer, inner } = apart(process.steps, functions);
    const byNumber = new Map(outer.map((step) => [step.n, step]));
    const covered = new Set<number>();
    const links = linksOf(outer);
    touchUsers(outer, links);
    for (const step of inner) {
      if (step.touched.length === 0) continue;
      const session = assemble(`g${index}.${step.n}`, [step], functions);
      if ('reason' in session) for (const id of step.touched) note(id, session.reason);
      else pool.sessions.push({ ...session, level: 'function' });
    }
    // From the last step backwards: a session that contains an earlier one makes that one needless.
    for (const step of [...outer].reverse()) {
      if (step.touched.length === 0 || covered.has(step.n)) continue;
      const whole = sliceOf(step, outer, byNumber, links);
      const slice = beginning(whole);
      if (slice.length < whole.length) pool.cut++;
      const session = assemble(`e${index}.${step.n}`, slice, functions);
      if ('reason' in session) for (const id of step.touched) note(id, session.reason);
      else {
        pool.sessions.push(session);
        if (whole.length > 1) for (const part of whole) covered.add(part.n);
      }
    }
    for (const [n, call] of process.calls.entries()) {
      const session = fromCall(`f${index}.${n}`, call, functions);
      if ('reason' in session) note(call.id, session.reason);
      else pool.sessions.push(session);
    }
  }
  return pool;
}

/** Tells calls from outside and calls that a running generator made; what ran in these ran in the generator that was made last. */
function apart(steps: RecordedStep[], functions: FunctionMeta[]): { outer: RecordedStep[]; inner: RecordedStep[] } {
  const inner: RecordedStep[] = [];
  const outer: RecordedStep[] = [];
  for (const step of steps) {
    const generators = functions[step.id]?.within;
    const maker = generators && outer.findLast((other) => generators.includes(other.id));
    if (maker) {
      maker.touched = [...new Set([...maker.touched, ...step.touched])];
      inner.push(step);
    } else outer.push(step);
  }
  return { outer, inner };
}

/** Uses of what a changed function has had in hand that count as steps in which it ran: the first by each of so many functions. */
const USERS_MAX = 6;
/** So many times over: what later rounds of the same show, the first ones show as well. */
const TIMES_MAX = 8;
const REACH_MAX = 40;

/**
 * What a changed function made carries its behaviour on: steps that use it count as steps in which it ran. What it was called on, or handed,
 * may be in another state since, which only those see who use it next.
 */
function touchUsers(steps: RecordedStep[], links: Links): void {
  touchLaterUsers(steps, links);
  const made = new Map<number, number[]>();
  for (const step of steps) {
    const inherited = [...referencesOf(step)].flatMap((out) => made.get(out) ?? []);
    step.touched = [...new Set([...step.touched, ...inherited])];
    if (step.touched.length > 0) made.set(step.n, step.touched);
  }
}

interface Links {
  /** Steps whose results a step can get at: with a function that was handed out comes what made it, and with that what it was made from. */
  reach: Map<number, number[]>;
  /** Steps in which a changed function ran. */
  ran: Set<number>;
}

function linksOf(steps: RecordedStep[]): Links {
  const reach = new Map<number, number[]>();
  for (const step of steps) {
    const references = [...referencesOf(step)];
    reach.set(step.n, [...new Set([...references, ...references.flatMap((out) => reach.get(out) ?? [])])].slice(0, REACH_MAX));
  }
  return { reach, ran: new Set(steps.filter((step) => step.touched.length > 0).map((step) => step.n)) };
}

function touchLaterUsers(steps: RecordedStep[], { reach, ran }: Links): void {
  const held = new Map<number, { ids: number[]; users: Set<number>; times: number }>();
  for (const step of steps) {
    if (ran.has(step.n))
      for (const out of reach.get(step.n) ?? []) {
        const times = (held.get(out)?.times ?? 0) + 1;
        if (times <= TIMES_MAX) held.set(out, { ids: step.touched, users: new Set(), times });
      }
    else
      for (const out of referencesOf(step)) {
        const holder = held.get(out);
        if (!holder || holder.users.has(step.id) || holder.users.size >= USERS_MAX) continue;
        holder.users.add(step.id);
        step.touched = [...new Set([...step.touched, ...holder.ids])];
      }
  }
}

const referencesOf = (step: RecordedStep): Set<number> => {
  const found = new Set<number>();
  const add = (value: Value): void => {
    if (isOut(value)) found.add(value.out);
  };
  for (const value of [step.self, ...step.args, ...(step.callee === undefined ? [] : [step.callee])]) add(value);
  for (const node of step.nodes) for (const value of valuesOf(node)) add(value);
  return found;
};

/** Steps before `last` that made or touched what it uses, oldest first. */
function sliceOf(last: RecordedStep, all: RecordedStep[], byNumber: Map<number, RecordedStep>, { reach, ran }: Links): RecordedStep[] {
  const needed = new Set<number>(referencesOf(last));
  const roots = new Set<number>(needed);
  const touching: RecordedStep[] = [];
  if (roots.size > 0)
    for (let i = all.indexOf(last) - 1; i >= 0; i--) {
      const step = all[i] as RecordedStep;
      const uses = referencesOf(step);
      const isMaker = needed.has(step.n);
      // A changed function may work on what it can get at, by whatever way.
      const reached = ran.has(step.n) ? (reach.get(step.n) ?? []) : uses;
      if (!isMaker && ![...reached].some((use) => roots.has(use))) continue;
      if (isMaker || touching.length < stepLimit) {
        if (!isMaker) touching.push(step);
        for (const use of uses) {
          needed.add(use);
          roots.add(use);
        }
      }
      if (!isMaker) needed.add(step.n);
    }
  const steps = [...needed].map((n) => byNumber.get(n)).filter((step) => step !== undefined);
  return [...steps.sort((a, b) => a.at - b.at), last];
}

/** As many steps from the first on as may be, up to one in which a changed function ran: steps refer to earlier ones only. */
function beginning(slice: RecordedStep[]): RecordedStep[] {
  if (slice.length <= STEPS_MAX) return slice;
  const last = slice.findLastIndex((step, index) => index < STEPS_MAX && step.touched.length > 0);
  return last < 0 ? slice : slice.slice(0, last + 1);
}

type Assembled = Session | { reason: string };

function assemble(key: string, slice: RecordedStep[], functions: FunctionMeta[]): Assembled {
  const position = new Map(slice.map((step, index) => [step.n, index]));
  const nodes: Node[] = [];
  const steps: Step[] = [];
  const targets = new Set<number>();
  for (const step of slice) {
    const base = nodes.length;
    let missing = false;
    const move = (value: Value): Value => {
      if (isRef(value)) return { r: value.r + base };
      if (!isOut(value)) return value;
      const out = position.get(value.out);
      if (out === undefined) missing = true;
      return { out: out ?? 0, path: value.path };
    };
    const own = withAnswers(step);
    nodes.push(...own.map((node) => mapNode(node, move)));
    steps.push({
      op: step.op,
      id: step.id,
      ...(step.name === undefined ? {} : { name: step.name }),
      ...(step.callee === undefined ? {} : { callee: move(step.callee) }),
      self: move(step.self),
      args: step.args.map(move),
    });
    if (missing) return { reason: 'uses the result of a call that was not kept' };
    const reason = unreachable(step, functions) ?? nodeProblem(own, functions);
    if (reason !== null) return { reason };
    for (const id of step.touched) targets.add(id);
  }
  return { key, level: 'entry', targets: [...targets], steps, nodes };
}

function fromCall(key: string, call: CallLine, functions: FunctionMeta[]): Assembled {
  const reason = unreachable(call, functions) ?? nodeProblem(call.nodes, functions);
  if (reason !== null) return { reason };
  const nodes = call.nodes.map((node) =>
    node.k === 'function' && node.source !== undefined ? { ...node, source: closedSource(node.source) ?? node.source } : node,
  );
  const step: Step = {
    op: call.op,
    id: call.id,
    ...(call.name === undefined ? {} : { name: call.name }),
    self: call.self,
    args: call.args,
  };
  return { key, level: call.touched ? 'caller' : 'function', targets: call.touched ?? [call.id], steps: [step], nodes };
}

/** A callback that closes over nothing is carried by its text; another one by the answers it gave. */
function withAnswers(step: RecordedStep): Node[] {
  const nodes = [...step.nodes];
  for (const [index, node] of step.nodes.entries()) {
    const isPromise = node.k === 'promise';
    if (node.k === 'iterator') {
      // Written into its log while it was asked; without one the process ended before its call did.
      const own = step.logs.find((item) => item.node === index)?.nodes;
      const [first, base] = [own?.[0], nodes.length];
      const move = (value: Value): Value => (isRef(value) ? { r: value.r + base } : value);
      nodes.push(...(own ?? []).map((item) => mapNode(item, move)));
      nodes[index] = first ? mapNode(first, move) : { k: 'lost', reason: 'iterator of a call that did not end' };
      continue;
    }
    if (!isPromise && (node.k !== 'function' || node.source === undefined || closedSource(node.source) !== null)) continue;
    const log = step.logs.find((item) => item.node === index);
    if (!log) continue;
    const base = nodes.length;
    const move = (value: Value): Value => (isRef(value) ? { r: value.r + base } : value);
    nodes.push(...log.nodes.map((item) => mapNode(item, move)));
    const answers = log.answers.map((answer): Answer => ('ret' in answer ? { ret: move(answer.ret) } : { throw: move(answer.throw) }));
    const [settled] = answers;
    if (isPromise) nodes[index] = { k: 'promise', ...(settled === undefined ? {} : { settled }) };
    else nodes[index] = { k: 'function', ...(node.length === undefined ? {} : { length: node.length }), answers };
  }
  return nodes;
}

function unreachable(step: { op: string; id: number }, functions: FunctionMeta[]): string | null {
  const meta = functions[step.id];
  if (!meta) return 'unknown function';
  const owner = meta.class_id === null ? meta : functions[meta.class_id];
  if (step.op === 'static' && meta.class_id === null) return meta.expression === null ? 'closure over local variables' : null;
  if (step.op === 'new' || step.op === 'static')
    return owner && (owner.expression !== null || owner.exported !== null) ? null : 'class defined inside a function';
  if (step.op === 'call') return meta.expression !== null || meta.exported !== null ? null : 'closure over local variables';
  return null;
}

function nodeProblem(nodes: Node[], functions: FunctionMeta[]): string | null {
  for (const node of nodes) {
    if (node.k === 'lost') return node.reason;
    if (node.k === 'function' && node.source !== undefined && !node.answers && closedSource(node.source) === null)
      return 'callback with an environment of its own';
    if (node.cls && 'name' in node.cls && (node.cls.name === '?' || !Reflect.has(globalThis, node.cls.name)) && node.k !== 'error')
      return 'instance of a class outside the package';
    const cls = node.cls && 'id' in node.cls ? functions[node.cls.id] : null;
    if (cls?.private_state === true) return 'private fields';
    if (cls && cls.expression === null && cls.exported === null) return 'class defined inside a function';
    if ((node.props ?? []).some((prop) => prop[2]?.includes('a'))) return 'accessor property';
  }
  return null;
}
