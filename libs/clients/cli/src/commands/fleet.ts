import { columns, duration } from '../text.ts';
import { type CliCommand, type CommonOptions, dataDir, printJson, withCommon } from './options.ts';

export const upCommand: CliCommand = {
  register(program, context) {
    withCommon(program.command('up'))
      .summary('start the fleet and leave it running')
      .description('Starts Postgres, nats-server and every service of one data directory, unless they run already.')
      .addHelpText('after', '\nExample:\n  codeoptima up && codeoptima run ~/src/library && codeoptima down\n')
      .action(async (options: CommonOptions) => {
        const data_dir = dataDir(options, context);
        const begun = context.now();
        const { started } = await context.fleet.up({ data_dir, note: (line) => context.err(`${line}\n`) });
        const ready_ms = context.now() - begun;
        const processes = await context.fleet.status({ data_dir });
        if (options.json === true) printJson(context, { started, ready_ms, data_dir, processes });
        else context.out(`${started ? `The fleet is up (${duration(ready_ms)})` : 'The fleet was up already'}, data in ${data_dir}\n`);
      });
  },
};

export const downCommand: CliCommand = {
  register(program, context) {
    withCommon(program.command('down'))
      .summary('stop the fleet')
      .description('Stops every service, then nats-server and Postgres. Runs at work are kept and go on with the next start.')
      .action(async (options: CommonOptions) => {
        const data_dir = dataDir(options, context);
        const { stopped } = await context.fleet.down({ data_dir });
        if (options.json === true) printJson(context, { stopped, data_dir });
        else context.out(stopped ? 'The fleet is down.\n' : `No fleet was running on ${data_dir}.\n`);
      });
  },
};

export const psCommand: CliCommand = {
  register(program, context) {
    withCommon(program.command('ps'))
      .summary('show the processes of the fleet')
      .action(async (options: CommonOptions) => {
        const processes = await context.fleet.status({ data_dir: dataDir(options, context) });
        if (options.json === true) printJson(context, { processes });
        else
          context.out(
            `${columns(processes.map(({ name, pid, running, detail }) => [name, pid === null ? '-' : String(pid), running ? 'running' : 'down', detail]))}\n`,
          );
      });
  },
};
