/** A flag of the command line that sets a key of the configuration. */
export interface ConfigFlag {
  flag: string;
  /** Placeholder of the value in the help text; null for a switch. */
  value: string | null;
  key: readonly string[];
  /** How the text of the flag becomes a value. `files` may be repeated. */
  kind: 'number' | 'minutes' | 'text' | 'switch' | 'files';
  help: string;
  /** Means something for a whole run only: `codeoptima verify` judges one change and does not take it. */
  whole_run?: true;
}

/** Every flag that overrides a key; the reference page and the command line are both made from this list. */
export const CONFIG_FLAGS: readonly ConfigFlag[] = [
  { flag: '--target', value: '<percent>', key: ['target_pct'], kind: 'number', help: 'a change counts from this gain on' },
  { flag: '--baseline', value: '<mode>', key: ['baseline'], kind: 'text', help: 'tolerant or strict' },
  { flag: '--package', value: '<name>', key: ['package'], kind: 'text', help: 'workspace package to optimise, by name or folder' },
  {
    flag: '--workload',
    value: '<file|command>',
    key: ['workload'],
    kind: 'files',
    help: 'module to measure, or a shell command measured as a whole process; repeatable; replaces those of the file',
  },
  {
    flag: '--max-iterations',
    value: '<n>',
    key: ['limits', 'max_iterations'],
    kind: 'number',
    help: 'rounds of proposals after which the run ends',
    whole_run: true,
  },
  {
    flag: '--time-limit',
    value: '<time>',
    key: ['limits', 'wall_clock_minutes'],
    kind: 'minutes',
    help: 'wall-clock limit: 90, 90m or 2h',
    whole_run: true,
  },
  { flag: '--budget', value: '<usd>', key: ['budget', 'run_usd'], kind: 'number', help: 'money for models in this run', whole_run: true },
  {
    flag: '--unsafe-no-sandbox',
    value: null,
    key: ['unsafe_no_sandbox'],
    kind: 'switch',
    help: "run the repository's code without a sandbox; only for code you trust",
  },
];
