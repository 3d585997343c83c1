import { CodeOptimaError } from '@codeoptima/contracts';
import { type Channel, CHANNELS, EMBEDDING_VERSION, embed } from '@codeoptima/embedding';
import { CHANNEL_NAMES, type Vectors } from '../domain/likeness.ts';
import type { CodeRecord } from '../domain/record.ts';

/** What is embedded: a piece of code, or a text when there is none. */
export interface Subject {
  code: CodeRecord | null;
  text: string;
}

/** Turns what is remembered into vectors. Two embedders of one version give the same vectors. */
export interface Embedder {
  version: string;
  dimensions: Record<Channel, number>;
  /** In the order of the subjects. @throws CodeOptimaError `unavailable` when the endpoint fails. */
  embed: (subjects: readonly Subject[]) => Promise<Vectors[]>;
}

const isZero = (vector: ArrayLike<number>): boolean => {
  for (let i = 0; i < vector.length; i += 1) if (vector[i] !== 0) return false;
  return true;
};

/** A channel without any feature is left out: a zero vector is near to nothing, and cosine does not know it. */
const present = (vectors: Vectors, wanted: readonly Channel[]): Vectors =>
  Object.fromEntries(wanted.flatMap((name) => (vectors[name] && !isZero(vectors[name]) ? [[name, vectors[name]]] : [])));

const ofSubject = ({ code, text }: Subject): Vectors => {
  if (code === null) return present(embed({ source: text, language: 'ts' }), ['code']);
  return present(embed({ source: code.source, language: code.language ?? 'ts', context: code.context }), CHANNEL_NAMES);
};

/** The embedding of this project: five channels, no model. A text is embedded by its words, in the code channel alone. */
export const builtIn: Embedder = {
  version: EMBEDDING_VERSION,
  dimensions: CHANNELS,
  embed: (subjects) => Promise.resolve(subjects.map(ofSubject)),
};

export interface EndpointOptions {
  /** Base URL; `/embeddings` is added. */
  url: string;
  model: string;
  api_key: string | null;
  dimensions: number;
  timeout_ms?: number;
}

const BATCH = 64;

interface Answer {
  data: { index: number; embedding: number[] }[];
}

const isAnswer = (value: unknown, count: number, dimensions: number): value is Answer => {
  const data = (value as Partial<Answer> | null)?.data;
  return (
    Array.isArray(data) &&
    data.length === count &&
    new Set(data.map(({ index }) => index)).size === count &&
    data.every(
      ({ index, embedding }) =>
        Number.isInteger(index) &&
        index >= 0 &&
        index < count &&
        Array.isArray(embedding) &&
        embedding.length === dimensions &&
        embedding.every(Number.isFinite),
    )
  );
};

const askEndpoint = async (input: string[], options: EndpointOptions): Promise<number[][]> => {
  const failed = (why: string, cause?: unknown): CodeOptimaError =>
    new CodeOptimaError('unavailable', `the embeddings endpoint ${options.url} ${why}.`, { cause });
  let response: Response;
  try {
    response = await fetch(`${options.url.replace(/\/$/, '')}/embeddings`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(options.api_key === null ? {} : { authorization: `Bearer ${options.api_key}` }),
      },
      body: JSON.stringify({ model: options.model, input, dimensions: options.dimensions, encoding_format: 'float' }),
      signal: AbortSignal.timeout(options.timeout_ms ?? 30_000),
    });
  } catch (error) {
    throw failed('does not answer', error);
  }
  if (!response.ok) throw failed(`answered ${response.status}`);
  const answer: unknown = await response.json().catch(() => null);
  if (!isAnswer(answer, input.length, options.dimensions))
    throw failed(`gave something other than ${input.length} vectors of ${options.dimensions} numbers`);
  return answer.data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => embedding);
};

/**
 * An OpenAI-compatible endpoint in place of the code channel (https://platform.openai.com/docs/api-reference/embeddings). The other
 * channels tell of structure and cost, which a text model does not, and stay as they are.
 */
export const withEndpoint = (options: EndpointOptions): Embedder => ({
  version: `${EMBEDDING_VERSION}+${options.model}@${options.dimensions}`,
  dimensions: { ...CHANNELS, code: options.dimensions },
  embed: async (subjects) => {
    const results: Vectors[] = [];
    for (let start = 0; start < subjects.length; start += BATCH) {
      const batch = subjects.slice(start, start + BATCH);
      const vectors = await askEndpoint(
        batch.map(({ code, text }) => code?.source ?? text),
        options,
      );
      for (const [index, subject] of batch.entries()) {
        const { code: _replaced, ...others } = ofSubject(subject);
        results.push(present({ ...others, ...(vectors[index] ? { code: vectors[index] } : {}) }, CHANNEL_NAMES));
      }
    }
    return results;
  },
});
