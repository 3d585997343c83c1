export interface Router<H> {
  add(method: string, path: string, handler: H): Router<H>;
  find(method: string, path: string): H | null;
  methods(path: string): string[];
}

/** Routes by method and path. */
export function createRouter<H>(): Router<H> {
  const routes = new Map<string, Map<string, H>>();
  return {
    add(method, path, handler) {
      const name = method.toUpperCase();
      let handlers = routes.get(path);
      if (handlers === undefined) routes.set(path, (handlers = new Map()));
      if (!handlers.has(name)) handlers.set(name, handler);
      return this;
    },
    find(method, path) {
      const wanted = method.toUpperCase();
      const handlers = routes.get(path);
      return handlers?.has(wanted) ? (handlers.get(wanted) as H) : null;
    },
    methods(path) {
      return [...(routes.get(path)?.keys() ?? [])];
    },
  };
}
