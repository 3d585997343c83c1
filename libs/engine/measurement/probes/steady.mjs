import { operations } from './operations.mjs';

export const operation = (kind) => operations[kind](false);
