import { type Context, codeFeatures, contextFeatures, qualityFeatures, structureFeatures } from './channels.ts';
import { project } from './hashing.ts';
import type { Language } from './language.ts';
import { nest } from './nesting.ts';
import { costlySigns, performanceFeatures } from './performance.ts';
import { tokenize } from './tokenize.ts';

/** Stored with each vector. Raised when any feature, seed or weight changes; vectors of two versions are never compared. */
export const EMBEDDING_VERSION = 'code-five/3';

/** Dimensions of each channel, in the order in which they stand in the combined vector. */
export const CHANNELS = { code: 512, structure: 256, performance: 256, context: 256, quality: 256 } as const;
export type Channel = keyof typeof CHANNELS;
export const DIMENSIONS = 1536;

/** Share of each channel in the cosine of the combined vector; they add up to 1. */
export const CHANNEL_WEIGHTS: Record<Channel, number> = { code: 0.15, structure: 0.03, performance: 0.76, context: 0.03, quality: 0.03 };

export interface CodeText {
  source: string;
  language: Language;
  context?: Context;
}

export type Embedding = Record<Channel, Float32Array<ArrayBuffer>>;

const SOURCE_CHARS_MAX = 200_000;

/**
 * Five unit vectors of a piece of code: deterministic, no model. Same text, language and context give the same bits on every machine.
 * Text beyond 200,000 characters is not read. A channel without any feature is all zero.
 */
export function embed({ source, language, context = {} }: CodeText): Embedding {
  const text = source.slice(0, SOURCE_CHARS_MAX);
  const tokens = nest(tokenize(text, language), language);
  return {
    code: project(codeFeatures(tokens), CHANNELS.code, 1),
    structure: project(structureFeatures(tokens), CHANNELS.structure, 2),
    performance: project(performanceFeatures(tokens, language), CHANNELS.performance, 3),
    context: project(contextFeatures(tokens, context), CHANNELS.context, 4),
    quality: project(qualityFeatures(tokens, text), CHANNELS.quality, 5),
  };
}

/** One vector of 1536 dimensions whose inner product is the weighted mean of the channels' cosines. */
export function combine(embedding: Embedding, weights: Record<Channel, number> = CHANNEL_WEIGHTS): Float32Array<ArrayBuffer> {
  const combined = new Float32Array(DIMENSIONS);
  let at = 0;
  for (const channel of Object.keys(CHANNELS) as Channel[]) {
    const scale = Math.sqrt(weights[channel]);
    for (const value of embedding[channel]) combined[at++] = value * scale;
  }
  return combined;
}

/** What may be slow in a piece of code, in words such as `search repeated on fixed`; sorted, each once. */
export function slowSigns({ source, language }: CodeText): string[] {
  return costlySigns(nest(tokenize(source.slice(0, SOURCE_CHARS_MAX), language), language), language);
}
