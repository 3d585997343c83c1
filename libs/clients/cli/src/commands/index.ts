import { calibrateCommand } from './calibrate.ts';
import { configCommand } from './config.ts';
import { doctorCommand } from './doctor.ts';
import { eventsCommand } from './events.ts';
import { downCommand, psCommand, upCommand } from './fleet.ts';
import { logsCommand } from './logs.ts';
import { memoryCommand } from './memory.ts';
import { mineCommand } from './mine.ts';
import type { CliCommand } from './options.ts';
import { reportCommand } from './report.ts';
import { reproduceCommand } from './reproduce.ts';
import { runCommand } from './run.ts';
import { approveCommand, cancelCommand, rejectCommand } from './sign-off.ts';
import { statusCommand } from './status.ts';
import { verifyCommand } from './verify.ts';

/** Every command, in the order of the help text. A new command is one file and one line here. */
export const COMMANDS: readonly CliCommand[] = [
  runCommand,
  statusCommand,
  eventsCommand,
  reportCommand,
  approveCommand,
  rejectCommand,
  cancelCommand,
  verifyCommand,
  reproduceCommand,
  mineCommand,
  memoryCommand,
  calibrateCommand,
  logsCommand,
  upCommand,
  downCommand,
  psCommand,
  doctorCommand,
  configCommand,
];
