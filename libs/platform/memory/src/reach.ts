import type { MemoryOptions } from './client.ts';

/** How to reach the memory; null when the installation has none. */
export type Reach = Pick<MemoryOptions, 'address' | 'token'> | null;

interface MemoryEnv {
  CODEOPTIMA_MEMORY_ADDRESS?: string | undefined;
  CODEOPTIMA_TOKEN?: string | undefined;
}

/** What a service's environment says about the memory. */
export const reachOf = ({ CODEOPTIMA_MEMORY_ADDRESS: address, CODEOPTIMA_TOKEN: token }: MemoryEnv): Reach =>
  address === undefined ? null : { address, ...(token === undefined ? {} : { token }) };
