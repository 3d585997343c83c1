export interface Word {
  /** Without quotes. */
  text: string;
  /** Offsets in the step's source. */
  start: number;
  end: number;
}

/** One command of a script between `&&` or `;`. */
export interface Step {
  source: string;
  words: Word[];
  /** Uses something a word list cannot express: a pipe, a redirection, a subshell, an expansion by command, an alternative. */
  opaque: boolean;
}

const SEPARATORS = ['&&', ';', '\n'];
const SPECIAL = /[|&<>()`]/;

/** Length of the separator at `at`, 0 when there is none. */
const separatorAt = (script: string, at: number): number => SEPARATORS.find((each) => script.startsWith(each, at))?.length ?? 0;

/** Reads one word (with its quotes) from `at`. */
function readWord(source: string, at: number): { word: Word; opaque: boolean } {
  let text = '';
  let opaque = false;
  let quote = '';
  let end = at;
  for (; end < source.length; end += 1) {
    const char = source[end] ?? '';
    if (quote === '') {
      if (/\s/.test(char) || SPECIAL.test(char) || separatorAt(source, end) > 0) break;
      if (char === '"' || char === "'") quote = char;
      else if (char === '\\' && end + 1 < source.length) text += source[(end += 1)] ?? '';
      else text += char;
    } else if (char === quote) quote = '';
    else if (char === '\\' && quote === '"' && /["\\$`]/.test(source[end + 1] ?? '')) text += source[(end += 1)] ?? '';
    else text += char;
    if ((char === '$' && source[end + 1] === '(' && quote !== "'") || (char === '`' && quote !== "'")) opaque = true;
  }
  return { word: { text, start: at, end }, opaque: opaque || quote !== '' };
}

/**
 * Splits a package script into its steps. Follows POSIX quoting as far as scripts use it; what goes beyond marks a step as opaque, and an
 * opaque step is only ever run as it stands.
 */
export function shellSteps(script: string): Step[] {
  const steps: Step[] = [];
  let begin = 0;
  let words: Word[] = [];
  let opaque = false;
  const finish = (end: number): void => {
    const raw = script.slice(begin, end);
    const lead = raw.length - raw.trimStart().length;
    const shifted = words.map((word) => ({ text: word.text, start: word.start - begin - lead, end: word.end - begin - lead }));
    if (raw.trim() !== '') steps.push({ source: raw.trim(), words: shifted, opaque });
    words = [];
    opaque = false;
  };
  for (let at = 0; at < script.length; ) {
    const separator = separatorAt(script, at);
    const char = script[at] ?? '';
    if (separator > 0) {
      finish(at);
      at += separator;
      begin = at;
    } else if (/\s/.test(char)) at += 1;
    else if (SPECIAL.test(char)) {
      opaque = true;
      at += 1;
    } else {
      const { word, opaque: strange } = readWord(script, at);
      opaque ||= strange;
      words.push(word);
      at = word.end;
    }
  }
  finish(script.length);
  return steps;
}

/** A word as a shell reads it back unchanged. */
export const quote = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`);
