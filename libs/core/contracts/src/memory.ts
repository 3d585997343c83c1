// The memory's contract has its own entry: its short names (Memory, Code, Message) would mean little among the others.
export * from './gen/codeoptima/memory/v1/memory_pb.ts';
