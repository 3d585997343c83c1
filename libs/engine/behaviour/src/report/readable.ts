import { plural } from '@codeoptima/contracts';
import { type FirstDifference, firstDifference } from './first-difference.ts';
import {
  type Graph,
  type IteratorNode,
  type Key,
  type Node,
  type Prop,
  type Session,
  type Step,
  type Taking,
  type Value,
  isOut,
  isRef,
} from '../runtime/graph.ts';
import type { FunctionMeta } from '../runtime/graph.ts';
import type { Observation } from '../runtime/observation.ts';

const textLimit = 4000;
/** Values written for each node there is: where objects point at each other, every path to each of them would be another text. */
const VALUES_PER_NODE = 4;
const VALUES_MIN = 2000;

/** Source of a function that is an expression as it stands; that of a method is one only inside an object. */
const FUNCTION = /^(?:async\s*)?(?:function\b|class\b|\(|[\w$]+\s*=>)/;

/** Writes values as JavaScript source; shared and cyclic parts are named when `names` gives them one. */
export class ValueWriter {
  readonly #nodes: Node[];
  readonly #functions: FunctionMeta[];
  readonly #open = new Set<number>();
  /** Where each node was first written, so that sharing can be told. */
  readonly #first = new Map<number, string>();
  #left: number;
  place = '';
  /** Wrap callbacks in the logging of a generated test. */
  noting = false;
  /** How the exports of a file are called. */
  module: (file: string) => string = () => 'exports';

  constructor(nodes: Node[], functions: FunctionMeta[]) {
    this.#nodes = nodes;
    this.#functions = functions;
    this.#left = VALUES_MIN + VALUES_PER_NODE * nodes.length;
  }

  value(value: Value): string {
    if (typeof value === 'string') return JSON.stringify(value);
    if (typeof value !== 'object' || value === null) return String(value);
    if ('p' in value) return value.p === 'hole' ? '' : value.p;
    if ('big' in value) return `${value.big}n`;
    if ('sym' in value)
      return value.kind === 'known'
        ? `Symbol.${value.sym}`
        : value.kind === 'for'
          ? `Symbol.for(${JSON.stringify(value.sym)})`
          : `Symbol(${JSON.stringify(value.sym)})`;
    if (isOut(value))
      return `${variable(value.out)}${value.path
        .slice(1)
        .map((part) => (/^[a-z_$][\w$]*$/i.test(String(part)) ? `.${part}` : `[${JSON.stringify(part)}]`))
        .join('')}`;
    if (!isRef(value)) return 'undefined';
    const node = this.#nodes[value.r];
    if (!node || this.#open.has(value.r)) return '/* cycle */ null';
    if (--this.#left < 0) return '/* too large */ undefined';
    const first = this.#first.get(value.r);
    if (first === undefined) this.#first.set(value.r, this.place);
    this.#open.add(value.r);
    const text = this.#wrap(node, this.#node(node));
    this.#open.delete(value.r);
    return first === undefined || first === this.place || this.place === '' ? text : `${text} /* the same object as in ${first} */`;
  }

  #wrap(node: Node, plain: string): string {
    const cls = node.k === 'object' || node.k === 'function' ? undefined : node.cls;
    const text = cls && 'name' in cls && node.k !== 'error' ? `/* ${cls.name} */ ${plain}` : plain;
    if (node.inherits) return `Object.setPrototypeOf(${text}, ${this.#object(node.inherits, undefined)})`;
    return node.state === 'frozen' ? `Object.freeze(${text})` : node.state === 'sealed' ? `Object.seal(${text})` : text;
  }

  #node(node: Node): string {
    switch (node.k) {
      case 'object':
        return this.#object(node.props ?? [], node.cls);
      case 'array':
        return this.#extra(this.#array(node), node);
      case 'map':
        return this.#extra(
          `new Map([${node.entries.map(([key, value]) => `[${this.value(key)}, ${this.value(value)}]`).join(', ')}])`,
          node,
        );
      case 'set':
        return this.#extra(`new Set([${node.items.map((item) => this.value(item)).join(', ')}])`, node);
      case 'date':
        return `new Date(${this.value(node.time)})`;
      case 'regexp':
        return node.last_index === 0
          ? `/${node.source}/${node.flags}`
          : `Object.assign(/${node.source}/${node.flags}, { lastIndex: ${this.value(node.last_index)} })`;
      case 'buffer':
        return `Uint8Array.from(Buffer.from(${JSON.stringify(node.base64)}, 'base64')).buffer`;
      case 'view':
        return node.type === 'Buffer'
          ? `Buffer.from(${this.value(node.buffer)})`
          : `new ${node.type}(${this.value(node.buffer)}, ${node.offset}, ${node.length})`;
      case 'error':
        return this.#extra(`new ${/Error$/.test(node.name) ? node.name : 'Error'}(${this.value(node.message)})`, node);
      case 'boxed':
        return `Object(${this.value(node.value)})`;
      case 'promise':
        return node.settled
          ? 'ret' in node.settled
            ? `Promise.resolve(${this.value(node.settled.ret)})`
            : `Promise.reject(${this.value(node.settled.throw)})`
          : 'new Promise(() => {})';
      case 'iterator':
        return this.#iterator(node);
      case 'signal':
        return this.#signal(node);
      case 'arguments':
        return `(function () { return arguments; })(${node.items.map((item) => this.value(item)).join(', ')})`;
      case 'opaque':
        return `Object.freeze({})`;
      case 'exported':
        return [this.module(node.file), ...node.path].join('.');
      case 'lost':
        return `/* ${node.reason} */ undefined`;
      case 'chain':
        return this.#chain(node);
      default:
        return this.#function(node);
    }
  }

  /** A generator that gives the same; with fewer methods where the one handed in had fewer. */
  #iterator(node: IteratorNode): string {
    if (node.log !== undefined) return '/* the iterator */ undefined';
    const gives = node.items.map((item) => `yield ${this.value(item)}; `).join('');
    const ends = node.ends;
    const end = ends === undefined ? '' : 'ret' in ends ? `return ${this.value(ends.ret)}; ` : `throw ${this.value(ends.throw)}; `;
    const source = `(${node.async ? 'async ' : ''}function* () { ${gives}${end}})()`;
    const names = ['next', ...node.has];
    const isPlain = node.form === 'object';
    if (this.noting) return `noteIterator(${source}, ${JSON.stringify(names)}, ${isPlain})`;
    if (!isPlain) return source;
    const methods = names.map((name) => `${name}: (value) => it.${name}(value)`).join(', ');
    return `((it) => ({ ${methods}, [Symbol.${node.async ? 'asyncI' : 'i'}terator]() { return this; } }))(${source})`;
  }

  #signal(node: Node & { k: 'signal' }): string {
    if (node.aborted) return `AbortSignal.abort(${node.reason === undefined ? '' : this.value(node.reason)})`;
    return node.aborts_ms === undefined ? `aborting(${this.#nodes.indexOf(node)}).signal` : `abortingIn(${node.aborts_ms})`;
  }

  #chain({ of, path, times }: Node & { k: 'chain' }): string {
    const put = path.map((part) => `[${JSON.stringify(part)}]`).join('');
    return `Array.from({ length: ${times} }, () => (${this.value(of)})).reduceRight((inner, outer) => ((outer${put} = inner), outer))`;
  }

  #function(node: Node & { k: 'function' }): string {
    if (node.builtin !== undefined || node.id !== undefined) return this.#callable(node);
    return this.noting ? `note(${this.#callable(node)})` : this.#callable(node);
  }

  #callable(node: Node & { k: 'function' }): string {
    if (node.builtin !== undefined) return node.builtin;
    if (node.id !== undefined) return this.#functions[node.id]?.symbol ?? 'undefined';
    if (node.reenter !== undefined) {
      const what = node.reenter === true ? 'calls the same once more' : `does step ${variable(node.reenter.step)}`;
      const { reenter: _, ...plain } = node;
      return `/* at its first call ${what} */ ${this.#callable(plain)}`;
    }
    if (node.meddles !== undefined) {
      const { meddles, ...plain } = node;
      return `((fn, turn = 0) => function (...args) { if (turn++ === 0) meddle(args, '${meddles}'); return fn.apply(this, args); })(${this.#callable(plain)})`;
    }
    if (node.aborts !== undefined) {
      const { aborts, ...plain } = node;
      const aborted = `aborting(${isRef(aborts.signal) ? aborts.signal.r : 0}).abort()`;
      return `((fn, turn = 0) => function (...args) { if (turn++ === ${aborts.at}) ${aborted}; return fn.apply(this, args); })(${this.#callable(plain)})`;
    }
    if (node.source !== undefined)
      return FUNCTION.test(node.source) ? node.source : `((made) => made[Reflect.ownKeys(made)[0]])({ ${node.source} })`;
    if (!node.answers) return '() => undefined';
    const answers = node.answers
      .slice(0, 20)
      .map((answer) => ('ret' in answer ? this.value(answer.ret) : `/* throws */ ${this.value(answer.throw)}`));
    return `((answers, turn = 0) => () => answers[Math.min(turn++, answers.length - 1)])([${answers.join(', ')}])`;
  }

  #object(props: Prop[], cls: Node['cls']): string {
    const usual = props.filter((prop) => !isUnusual(prop));
    const literal = `{${usual.map((prop) => ` ${this.#property(prop)}`).join(',')}${usual.length > 0 ? ' ' : ''}}`;
    const defined = props.filter(isUnusual).map((prop) => `${keyText(prop[0])}: ${this.#descriptor(prop)}`);
    const plain = defined.length > 0 ? `Object.defineProperties(${literal}, { ${defined.join(', ')} })` : literal;
    const body = props.some((prop) => prop[2]?.includes('o')) ? `((turns) => (${plain}))(0)` : plain;
    if (cls === undefined) return body;
    if (cls === null) return `Object.assign(Object.create(null), ${body})`;
    const name = 'id' in cls ? (this.#functions[cls.id]?.symbol ?? 'Object') : cls.name;
    return `Object.assign(Object.create(${name}.prototype), ${body})`;
  }

  #array({ items, times }: Node & { k: 'array' }): string {
    const text = `[${items.map((item) => this.value(item)).join(', ')}${isHole(items.at(-1)) ? ',' : ''}]`;
    return times === undefined ? text : `Array.from({ length: ${times} }, () => ${text}).flat()`;
  }

  #property([key, value, flags = '']: Prop): string {
    const text = this.value(value);
    if (flags.includes('o')) return `get ${keyText(key)}() { return turns++ === 0 ? ${text} : undefined; }`;
    return flags.includes('a') ? `get ${keyText(key)}() { return ${text}; }` : `${keyText(key)}: ${text}`;
  }

  #descriptor([, value, flags = '']: Prop): string {
    const on = [flags.includes('e') ? '' : 'enumerable', flags.includes('w') ? '' : 'writable', flags.includes('c') ? '' : 'configurable'];
    return `{ value: ${this.value(value)}${on.map((name) => (name === '' ? '' : `, ${name}: true`)).join('')} }`;
  }

  #extra(text: string, node: Node): string {
    return node.props && node.props.length > 0 ? `Object.assign(${text}, ${this.#object(node.props, undefined)})` : text;
  }
}

/** Values that an object literal cannot give their attributes. */
const isUnusual = ([, , flags = '']: Prop): boolean => /[ewc]/.test(flags) && !/[ao]/.test(flags);
const isHole = (value: Value | undefined): boolean => typeof value === 'object' && value !== null && 'p' in value && value.p === 'hole';
const keyText = (key: Key): string => {
  if (typeof key !== 'string') return key.kind === 'known' ? `[Symbol.${key.sym}]` : `[Symbol.for(${JSON.stringify(key.sym)})]`;
  return key === '__proto__' ? '["__proto__"]' : /^[a-z_$][\w$]*$/i.test(key) ? key : JSON.stringify(key);
};
export const variable = (step: number): string => `v${step + 1}`;
const cut = (text: string, limit = textLimit): string => (text.length > limit ? `${text.slice(0, limit)}…` : text);

export function argumentsText(step: Step, nodes: Node[], functions: FunctionMeta[], noting = false): string {
  const writer = new ValueWriter(nodes, functions);
  writer.noting = noting;
  return step.args.map((arg) => writer.value(arg)).join(', ');
}

/** One step as an expression. */
export function calleeOf(step: Step, nodes: Node[], functions: FunctionMeta[], callee: string, args: string): string {
  const writer = new ValueWriter(nodes, functions);
  const self = writer.value(step.self);
  const at = /^[a-z_$][\w$]*$/i.test(step.name ?? '') ? `.${step.name}` : `[${JSON.stringify(step.name)}]`;
  switch (step.op) {
    case 'new':
      return `new ${callee}(${args})`;
    case 'get':
      return `${self}${at}`;
    case 'set':
      return `Reflect.set(${self}, ${JSON.stringify(step.name)}, ${args})`;
    case 'method':
      return `${self}${at}(${args})`;
    case 'apply':
      return `${writer.value(step.callee ?? null)}(${args})`;
    case 'static':
      return `${callee}(${args})`;
    default:
      return self === 'undefined' ? `${callee}(${args})` : `${callee}.call(${[self, args].filter((part) => part !== '').join(', ')})`;
  }
}

const stepLine = (step: Step, session: Session, functions: FunctionMeta[]): string =>
  (step.waits ? '/* time passes */ ' : '') +
  calleeOf(step, session.nodes, functions, functions[step.id]?.symbol ?? '?', argumentsText(step, session.nodes, functions)) +
  (step.takes ? ` /* ${takingText(step.takes)} */` : '') +
  (step.owner ? ` /* then its caller ${step.owner === 'add' ? 'adds to the lists' : 'changes what'} it gave and got */` : '');

/** What the consumer of an iterator does on the way, in words. */
function takingText({ after, doing }: Taking): string {
  const words = {
    return: 'its consumer stops',
    throw: 'its consumer fails',
    add: 'something is added to what was given',
    remove: 'something is taken from what was given',
  };
  const what = typeof doing === 'object' ? `the step of ${variable(doing.step)} is done once more` : words[doing];
  return `after ${plural(after, 'value')} ${what}`;
}

export function sessionText(session: Session, functions: FunctionMeta[]): string {
  const lines = session.steps.map(
    (step, index) => `${session.steps.length > 1 ? `const ${variable(index)} = ` : ''}${stepLine(step, session, functions)}`,
  );
  return cut(lines.join('\n'));
}

/** What one side did at one step, in one line. */
export function outcomeText(observation: Observation | undefined, functions: FunctionMeta[]): string {
  if (!observation) return 'nothing: it did not get there';
  const graph: Graph = observation.graph;
  const writer = new ValueWriter(graph.nodes, functions);
  const { outcome, ...rest } = observation.roots;
  const parts: string[] = [];
  writer.place = 'the outcome';
  if (outcome !== undefined)
    parts.push(
      `${observation.kind === 'return' ? 'returns' : observation.kind === 'throw' ? 'throws' : observation.kind === 'reject' ? 'rejects with' : observation.kind} ${writer.value(outcome)}`,
    );
  for (const [name, value] of Object.entries(rest)) {
    writer.place = name;
    parts.push(`${name}: ${writer.value(value)}`);
  }
  if (observation.calls.length > 0)
    parts.push(
      `callback calls: ${observation.calls
        .slice(0, 10)
        .map((call) => (/^(?:next|return|throw)$/.test(call.phase) ? call.phase : call.text))
        .join(' ')}`,
    );
  if (observation.written.length > 0) parts.push(`writes ${JSON.stringify(observation.written)}`);
  return cut(parts.join('; '));
}

/** What the two sides did, the place where they part first. */
export function outcomesText(
  before: Observation | undefined,
  after: Observation | undefined,
  functions: FunctionMeta[],
): { before: string; after: string } {
  const whole = { before: outcomeText(before, functions), after: outcomeText(after, functions) };
  const place = before && after ? firstDifference(before, after) : null;
  if (!place || (whole.before.length < 200 && whole.before !== whole.after)) return whole;
  const text = (value: FirstDifference['before']): string =>
    typeof value === 'string' ? value : cut(new ValueWriter(value.nodes, functions).value(value.value), 400);
  return {
    before: `${place.path}: ${text(place.before)}; ${cut(whole.before, 1000)}`,
    after: `${place.path}: ${text(place.after)}; ${cut(whole.after, 1000)}`,
  };
}
