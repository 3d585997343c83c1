import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const Env = z.object({
  /** Where everything of one machine lives; a flag overrides it. */
  CODEOPTIMA_DATA_DIR: z.string().min(1).optional(),
  /** Base of the default data directory (XDG base directory specification). */
  XDG_DATA_HOME: z.string().startsWith('/').optional().catch(undefined),
  /** Any value switches colours off (no-color.org). */
  NO_COLOR: z.string().optional(),
  /** Used as the actor of a sign-off. */
  USER: z.string().optional(),
  /** A terminal that cannot redraw says `dumb`. */
  TERM: z.string().optional(),
  /** Set by CI systems: no redrawing there. */
  CI: z.string().optional(),
  /** Set by npm while it runs a script: then the command is not on PATH by its own name. */
  npm_lifecycle_event: z.string().optional(),
});

export interface CliEnv {
  data_dir: string;
  no_color: boolean;
  user: string;
  can_redraw: boolean;
  /** Started by a script of the checkout rather than by its own name. */
  from_checkout: boolean;
}

/** Reads what the command takes from its surroundings. */
export function readEnv(source: NodeJS.ProcessEnv = process.env): CliEnv {
  const env = Env.parse(source);
  return {
    data_dir: env.CODEOPTIMA_DATA_DIR ?? join(env.XDG_DATA_HOME ?? join(homedir(), '.local/share'), 'codeoptima'),
    no_color: (env.NO_COLOR ?? '') !== '',
    user: env.USER ?? 'unknown',
    can_redraw: env.TERM !== 'dumb' && env.CI === undefined,
    from_checkout: env.npm_lifecycle_event === 'start' || env.npm_lifecycle_event === 'codeoptima',
  };
}
