export { SERVICE_NAMES, memoryAddress, plannerAddress } from './layout.ts';
export { type StartOptions, startFleet } from './start.ts';
export { fleetStatus } from './status.ts';
export { stopFleet } from './stop.ts';
