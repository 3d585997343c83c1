import { plural } from '@codeoptima/contracts';
import { type Calibration, calibrate, calibrationFolder, certifiability, probeHost, WORTH_PCT } from '@codeoptima/measurement';
import { Option } from 'commander';
import type { CliContext } from '../context.ts';
import { columns } from '../text.ts';
import { calibrationDir, withScratch } from '../verify/session.ts';
import { type CliCommand, type CommonOptions, dataDir, printJson, wholeNumber, withCommon } from './options.ts';

interface CalibrateOptions extends CommonOptions {
  processes: string;
  seed: string;
  unsafeNoSandbox?: boolean;
}

const HELP = `
Tries sets of runtime flags on code of known cost, keeps the steadiest that turns no sign, and stores it for this machine and this version
of Node. Runs and 'codeoptima verify' use it. Takes a few minutes; leave the machine alone meanwhile.

Example:
  codeoptima calibrate --processes 9
`;

const TARGET_PCT = 5;

export const calibrateCommand: CliCommand = {
  register(program, context) {
    withCommon(program.command('calibrate'))
      .summary("measure this machine's noise")
      .description("Measures this machine's noise floor and chooses the steadiest runtime flags.")
      .addOption(new Option('--processes <n>', 'processes for each version, probe and set of flags, at least 3').default('5'))
      .addOption(new Option('--seed <n>', 'seed of the order').default('1'))
      .option('--unsafe-no-sandbox', 'without a sandbox; the probes are our own code')
      .addHelpText('after', HELP)
      .action((options: CalibrateOptions) => run(options, context));
  },
};

async function run(options: CalibrateOptions, context: CliContext): Promise<void> {
  const processes = wholeNumber('--processes', options.processes, 3);
  const seed = wholeNumber('--seed', options.seed);
  const data_dir = dataDir(options, context);
  const stop = new AbortController();
  const release = context.onSignal(() => stop.abort(new DOMException('cancelled', 'AbortError')));
  try {
    const facts = await probeHost();
    const unsafe_no_sandbox = options.unsafeNoSandbox ?? false;
    const onProgress = (done: number, total: number): void => {
      if (done % 10 === 0 || done === total) context.err(`  ${done} of ${plural(total, 'process')}\n`);
    };
    const calibration = await withScratch(data_dir, () =>
      calibrate({ facts, seed, processes, unsafe_no_sandbox, signal: stop.signal, onProgress }),
    );
    await calibrationFolder(calibrationDir(data_dir)).write(calibration);
    if (options.json === true) printJson(context, calibration);
    else context.out(text(calibration));
  } finally {
    release();
  }
}

function text(calibration: Calibration): string {
  const rows = calibration.sets.map((set): [string, string] => [
    set.flags.join(' ') || '(none)',
    set.error ?? `${set.cv_pct.toFixed(2)} % from process to process${set.signs_right ? '' : ', turns a sign'}`,
  ]);
  const { possible, pairs_needed } = certifiability(calibration.noise_cv_pct, TARGET_PCT);
  const power = possible
    ? `A gain of ${TARGET_PCT} % can be certified here with about ${plural(pairs_needed, 'pair')}.`
    : `A gain of ${TARGET_PCT} % cannot be certified here now: the noise is too large.`;
  const steadier = calibration.sets.some((set) => set.error === null && set.signs_right && set.cv_pct < calibration.noise_cv_pct);
  const why = steadier ? `; nearer to production than what is steadier by less than ${WORTH_PCT} points` : '';
  return `${columns(rows)}\n\nKept: ${calibration.flags.join(' ') || 'no flags'} (noise ${calibration.noise_cv_pct.toFixed(2)} %${why})\n${power}\n`;
}
