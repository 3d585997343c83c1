import type { Edit } from '../edit/edits.ts';
import type { Style } from '../edit/style.ts';
import type { Iteration } from '../facts/iteration.ts';
import type { SourceModel } from '../syntax/model.ts';
import { type Node, unwrap } from '../syntax/node.ts';
import type { Binding } from '../syntax/scope.ts';
import { fails, type Verdict } from '../verdict.ts';

/** Value of a variable of a rule: always text, and the syntax it came from when it came from the file. */
export interface Value {
  text: string;
  node?: Node;
  iteration?: Iteration;
  edits?: Edit[];
  /** Assumptions under which the value is right. */
  assumptions?: string[];
}

export interface MatchContext {
  model: SourceModel;
  style: Style;
  match: Node;
  /** A name that occurs nowhere in the file. The same base and key give the same name again, other keys another one. */
  freshName(base: string, key?: string): string;
}

/** The rule is not meant for this place at all; said to nobody. */
export interface NotApplicable {
  kind: 'not_applicable';
}

export const NOT_APPLICABLE: NotApplicable = { kind: 'not_applicable' };

/** A precondition or a generator of a value. */
export type Step = (context: MatchContext, ...args: Value[]) => Value | Verdict | NotApplicable;

export const isValue = (result: Value | Verdict | NotApplicable): result is Value => 'text' in result;

export const valueOf = (context: MatchContext, node: Node): Value => ({ text: context.model.text(node), node });

/** The variable an argument stands for, or null. */
export const bindingOfValue = (context: MatchContext, value: Value | undefined): Binding | null =>
  value?.node ? context.model.binding(unwrap(value.node)) : null;

export const notAVariable = (value: Value | undefined): Verdict => fails(`\`${value?.text ?? ''}\` is not a variable of this file`);
