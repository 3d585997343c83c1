/** Field 5 (`progress_counter`) of a Beat, as a varint: tag 5 << 3 | 0. A field appended to an encoded message is part of it. */
const COUNTER_TAG = 0x28;

/** Completes a Beat that was encoded without its counter; all that the thread needs to know of protobuf. */
export const withCounter = (beat: Uint8Array, counter: bigint): Uint8Array => {
  const varint: number[] = [COUNTER_TAG];
  let rest = counter;
  while (rest > 127n) {
    varint.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  varint.push(Number(rest));
  const complete = new Uint8Array(beat.length + varint.length);
  complete.set(beat);
  complete.set(varint, beat.length);
  return complete;
};

/** What the main thread tells the beat thread. */
export type BeatOrder = { kind: 'hold'; slot: number; subject: string; beat: Uint8Array } | { kind: 'drop'; slot: number };

export interface BeatThreadData {
  nats_url: string;
  name: string;
  beat_ms: number;
  /** One 64-bit progress counter per slot, shared with the main thread. */
  counters: SharedArrayBuffer;
}
