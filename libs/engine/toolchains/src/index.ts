export { type BaselineOptions, type BaselineRuns, type BaselineTests, baseline, judgeBaseline } from './baseline.ts';
export { type Detection, detectToolchain } from './detect/detect-toolchain.ts';
export { installDependencies, type InstallOptions } from './install/install.ts';
export { countInstalled, type PrepareOptions, prepareTree } from './prepare.ts';
export { type CommandOptions, runRepositoryCommand } from './repository-command.ts';
export { type RunTestsOptions, runTests, type TestRun } from './tests/run-tests.ts';
export { parseTap, TapParser, type TapPoint } from './tests/tap.ts';
export { packTree, unpackTree } from './tree/archive.ts';
export { copyTree } from './tree/copy.ts';
