import { EXIT_BAD_INPUT } from '@codeoptima/contracts';
import type { CliContext } from '../context.ts';
import { examine, type Finding } from '../doctor/examine.ts';
import { type CliCommand, type CommonOptions, dataDir, printJson, withCommon } from './options.ts';

const SIGNS: Record<Finding['state'], string> = { ok: '✓', warning: '!', missing: '✗' };

export const doctorCommand: CliCommand = {
  register(program, context) {
    withCommon(program.command('doctor'))
      .summary('say what is missing here and what that disables')
      .description('Looks at this machine and says what is missing, what that disables, and how to get it. Exits 2 when no run can start.')
      .addHelpText(
        'after',
        '\nExamples:\n  codeoptima doctor\n  codeoptima doctor --json | jq ".findings[] | select(.state != \\"ok\\")"\n',
      )
      .action((options: CommonOptions) => doctor(options, context));
  },
};

async function doctor(options: CommonOptions, context: CliContext): Promise<void> {
  const findings = await examine(dataDir(options, context));
  const canRun = findings.every(({ state }) => state !== 'missing');
  if (options.json === true) printJson(context, { can_run: canRun, findings });
  else {
    for (const finding of findings) {
      context.out(`${SIGNS[finding.state]} ${finding.name}: ${finding.found}\n`);
      if (finding.state !== 'ok') context.out(`    disables: ${finding.disables}\n    remedy:   ${finding.remedy}\n`);
    }
    context.out(canRun ? '\nRuns can start here.\n' : '\nNo run can start here until what is marked ✗ is put right.\n');
  }
  context.exit(canRun ? 0 : EXIT_BAD_INPUT);
}
