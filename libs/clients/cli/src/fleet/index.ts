export { SERVICE_NAMES, plannerAddress } from './layout.ts';
export { memoryAddress } from './memory-address.ts';
export { type StartOptions, startFleet } from './start.ts';
export { fleetStatus } from './status.ts';
export { stopFleet } from './stop.ts';
