/** Named conditions that must all hold before a service takes work. */
export interface Health {
  /** A condition asked at each probe. */
  require: (name: string, holds: () => boolean) => void;
  /** Names of the conditions that do not hold; empty means ready. */
  failing: () => string[];
}

export const createHealth = (): Health => {
  const conditions = new Map<string, () => boolean>();
  return {
    require: (name, holds) => conditions.set(name, holds),
    failing: () => [...conditions].filter(([, holds]) => !holds()).map(([name]) => name),
  };
};
