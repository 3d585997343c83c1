export { createBranch, type FastForward, fastForward, findBranchByTrailer } from './branch.ts';
export { checkout, checkoutSubmodules, mirror } from './checkout.ts';
export { type GitOptions, type GitResult, git, tryGit } from './git.ts';
export { inspectRepository, isUrl, type RepositoryFacts, resolveCommit } from './inspect.ts';
export { type Author, applyPatch, pathsOfPatch, commitAll, diffCommits, diffWorkingTree } from './patch.ts';
