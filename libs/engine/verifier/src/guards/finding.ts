/** What a guard found. `refused` ends the ladder; `needs_person` is shown with the claim and never passes in silence. */
export interface Finding {
  /** Name of the guard, such as `new-import`. */
  guard: string;
  severity: 'refused' | 'needs_person';
  file: string;
  /** 1-based line of the candidate (of the base when something was removed). */
  line: number;
  /** One sentence: what is wrong there. */
  message: string;
}

/** A changed source file as both sides have it. */
export interface ChangedSource {
  file: string;
  /** null: the file is new. */
  base: string | null;
  /** null: the file is gone. */
  candidate: string | null;
  /** 1-based line numbers of the candidate that the diff added. */
  added: ReadonlySet<number>;
}
