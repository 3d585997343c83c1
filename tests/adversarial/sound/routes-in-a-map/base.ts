export interface Router<H> {
  add(method: string, path: string, handler: H): Router<H>;
  find(method: string, path: string): H | null;
  methods(path: string): string[];
}

/** Routes by method and path. */
export function createRouter<H>(): Router<H> {
  const routes: { method: string; path: string; handler: H }[] = [];
  return {
    add(method, path, handler) {
      routes.push({ method: method.toUpperCase(), path, handler });
      return this;
    },
    find(method, path) {
      const wanted = method.toUpperCase();
      const route = routes.find((item) => item.method === wanted && item.path === path);
      return route === undefined ? null : route.handler;
    },
    methods(path) {
      return [...new Set(routes.filter((item) => item.path === path).map((item) => item.method))];
    },
  };
}
