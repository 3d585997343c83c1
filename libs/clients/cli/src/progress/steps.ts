import type { CliContext } from '../context.ts';
import { printable } from '../text.ts';

/** Shows long work without a fleet: its steps stay on the screen, what runs now comes and goes. */
export interface Steps {
  step: (line: string) => void;
  detail: (line: string) => void;
  /** Takes the passing line away. */
  end: () => void;
}

const ERASE_LINE = '\r\u001b[2K';
const TERMINAL_MS = 100;
/** A log that nobody watches gets a sign of life at this distance. */
const LOG_MS = 10_000;

export function stepsFor(context: Pick<CliContext, 'err' | 'is_tty' | 'columns' | 'env' | 'now'>): Steps {
  const redraws = context.is_tty && context.env.can_redraw;
  const every = redraws ? TERMINAL_MS : LOG_MS;
  let toldAt = redraws ? Number.NEGATIVE_INFINITY : context.now();
  let isShown = false;
  const end = (): void => {
    if (isShown) context.err(ERASE_LINE);
    isShown = false;
  };
  return {
    step(line) {
      end();
      context.err(`  ${printable(line)}\n`);
      toldAt = context.now();
    },
    detail(line) {
      if (context.now() - toldAt < every) return;
      toldAt = context.now();
      if (!redraws) return context.err(`    ${printable(line)}\n`);
      end();
      context.err(`    ${printable(line).slice(0, Math.max(20, context.columns() - 5))}`);
      isShown = true;
    },
    end,
  };
}
