import { staticType } from '../facts/static-type.ts';
import { fails } from '../verdict.ts';
import { isRepeatable } from './basic.ts';
import type { Step } from './step.ts';

/** Set finds NaN and, in an array with holes, undefined; indexOf finds neither. Text that keeps both on the old path. */
export const strict_equality_guard: Step = ({ model }, value) => {
  const type = staticType(model, value?.node);
  if (type && type.name !== 'number' && type.name !== 'undefined') return { text: '' };
  if (!value?.node || !isRepeatable(value.node)) return fails(`\`${value?.text}\` may be NaN and is not a plain variable`);
  const notNaN = ` && ${value.text} === ${value.text}`;
  return { text: type?.name === 'number' ? notNaN : `${notNaN} && ${value.text} !== undefined` };
};

/** `!` when the comparison of an index asks for absence. */
export const negation: Step = ({ match }) => {
  if (match.type !== 'BinaryExpression') return { text: '' };
  return { text: ['===', '==', '<'].includes(match.operator) ? '!' : '' };
};
