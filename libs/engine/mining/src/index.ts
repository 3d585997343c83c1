export { MINING_LIMITS, type MinedPattern, type MiningCounts, type MiningLimits, minePatterns } from './mine.ts';
export { repositoriesIn } from './repositories.ts';
