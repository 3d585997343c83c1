import type { CliContext } from '../context.ts';
import { printable } from '../text.ts';
import { figures, type RunView, viewLines } from './view.ts';

/** Shows a run while it goes on. */
export interface Painter {
  /** A line that stays. */
  line(text: string): void;
  view(view: RunView, now_ms: number): void;
  /** Takes the live part away. */
  end(): void;
}

interface Screen {
  write(text: string): void;
  columns(): number;
}

const ERASE_LINE = '\r\u001b[2K';
const UP = '\u001b[1A';
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Redraws two lines at the bottom of a terminal. */
export function terminalPainter(screen: Screen): Painter {
  let shown = 0;
  const erase = (): void => {
    if (shown > 0) screen.write(`${ERASE_LINE}${(UP + ERASE_LINE).repeat(shown - 1)}`);
    shown = 0;
  };
  return {
    line(text) {
      erase();
      screen.write(`${printable(text)}\n`);
    },
    view(view, now_ms) {
      erase();
      const frame = FRAMES[Math.floor(now_ms / 120) % FRAMES.length] ?? '';
      const lines = viewLines(view, Math.max(20, screen.columns() - 3));
      screen.write(lines.map((line, index) => `${index === 0 ? frame : ' '} ${line}`).join('\n'));
      shown = lines.length;
    },
    end: erase,
  };
}

/** Plain lines for a log: each milestone, and what runs now at most every `every_ms`. */
export function plainPainter(write: (text: string) => void, every_ms = 10_000): Painter {
  let toldAt = Number.NEGATIVE_INFINITY;
  let told = '';
  return {
    line: (text) => write(`${printable(text)}\n`),
    view(view, now_ms) {
      const now = `${view.stage}: ${view.detail}`;
      if (view.detail === '' || now === told || now_ms - toldAt < every_ms) return;
      told = now;
      toldAt = now_ms;
      write(`  ${printable(now)} [${figures(view)}]\n`);
    },
    end: () => undefined,
  };
}

/** The painter that suits where stderr goes. */
export const painterFor = (context: Pick<CliContext, 'err' | 'is_tty' | 'columns' | 'env'>): Painter =>
  context.is_tty && context.env.can_redraw
    ? terminalPainter({ write: (text) => context.err(text), columns: () => context.columns() })
    : plainPainter((text) => context.err(text));
