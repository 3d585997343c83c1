import type { DescMessage, DescMethod, MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import type { FastifyRequest } from 'fastify';
import { RESERVED_PREFIX } from '../collections.ts';
import type { Wire } from '../wire.ts';
import { type Fields, fields } from './read.ts';
import { invalid, Refusal } from './refusal.ts';

interface Unary extends DescMethod {
  methodKind: 'unary';
}

interface ServerStreaming extends DescMethod {
  methodKind: 'server_streaming';
}

/** One REST request on its way to the backend. */
export class RestCall {
  readonly #request: FastifyRequest;
  readonly #wire: Wire;
  #plans = '';

  constructor(request: FastifyRequest, wire: Wire) {
    this.#request = request;
    this.#wire = wire;
  }

  /** A name from the path. */
  parameter(name: string): string {
    return (this.#request.params as Record<string, string>)[name] ?? '';
  }

  /** The collection of the path. @throws Refusal 403 for those of the gateway itself. */
  get collectionName(): string {
    return checkName(this.parameter('collection'));
  }

  get body(): Fields {
    return fields(this.#request.body, 'body');
  }

  #query(name: string): string | undefined {
    const value = (this.#request.query as Record<string, string | string[] | undefined>)[name];
    return Array.isArray(value) ? value[0] : value;
  }

  /** `?wait=`; without it the answer need not wait. */
  get wait(): boolean {
    const value = this.#query('wait');
    if (value === undefined || value === 'false') return false;
    return value === 'true' || invalid('wait', value, 'true or false', 'query parameters');
  }

  /** `?timeout=` in seconds. */
  get timeout(): { timeout?: bigint } {
    const value = this.#query('timeout');
    if (value === undefined) return {};
    if (!/^\d{1,6}$/.test(value) || Number(value) < 1) return invalid('timeout', value, '1 or larger', 'query parameters');
    return { timeout: BigInt(value) };
  }

  /** How the searches of this call were done, in their order, when `?explain=true` asked for it. */
  get plans(): unknown[] | undefined {
    return this.#explains ? (JSON.parse(`[${this.#plans}]`) as unknown[]) : undefined;
  }

  get #explains(): boolean {
    const value = this.#query('explain');
    return value === 'true' || (value !== undefined && value !== 'false' && invalid('explain', value, 'true or false', 'query parameters'));
  }

  async ask<I extends DescMessage, O extends DescMessage>(
    method: Unary & { input: I; output: O },
    request: MessageInitShape<I>,
    at_most_ms?: number,
  ): Promise<MessageShape<O>> {
    const { timeout } = this.timeout;
    const onExplain = (plans: string): void => {
      this.#plans = plans;
    };
    return await this.#wire.call(
      method,
      request,
      timeout === undefined ? at_most_ms : Number(timeout) * 1_000,
      this.#explains ? onExplain : undefined,
    );
  }

  stream<I extends DescMessage, O extends DescMessage>(
    method: ServerStreaming & { input: I; output: O },
    request: MessageInitShape<I>,
  ): AsyncGenerator<MessageShape<O>, void, undefined> {
    return this.#wire.stream(method, request);
  }
}

export const checkName = (name: string): string => {
  if (name.startsWith(RESERVED_PREFIX))
    throw new Refusal(403, `Forbidden: collections that begin with ${RESERVED_PREFIX} belong to the memory gateway`);
  return name;
};
