export type { ArtifactSource, ArtifactStore, Collection } from './artifact-store.ts';
export { openDirectoryStore } from './directory-store.ts';
