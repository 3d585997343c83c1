export type { Context } from './channels.ts';
export {
  CHANNEL_WEIGHTS,
  CHANNELS,
  type Channel,
  type CodeText,
  combine,
  DIMENSIONS,
  EMBEDDING_VERSION,
  type Embedding,
  embed,
  slowSigns,
} from './embed.ts';
export { type FunctionText, functionsOf, languageOfPath, normalisedHash } from './functions.ts';
export type { Language } from './language.ts';
