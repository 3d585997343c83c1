export { Drive } from './drive.ts';
export * from './samples.ts';
