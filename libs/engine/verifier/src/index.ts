export { parseDiff, type Finding, type Origin } from './guards/index.ts';
export { checkPatch } from './repository/check-patch.ts';
export { productPatch } from './repository/product-patch.ts';
export { type RepositoryChange, type RepositoryVerdict, verifyRepository } from './repository/verify-repository.ts';
export type { Subject } from './subject.ts';
export { type TreePortOptions, treePorts } from './tree-ports.ts';
export { type ChangeVerdict, RUNGS, type VerifyOptions, verifyChange } from './verify-change.ts';
