// Resolution for sources that are run as they stand: `./x.js` that is `x.ts` on disk, imports without an extension, and
// bare imports of a workload that lies outside the repository (they mean the repository's own packages).
import { existsSync, statSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

const ENDINGS = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '/index.ts', '/index.js', '/index.mjs'];
const SOURCE_OF = { '.js': '.ts', '.mjs': '.mts', '.cjs': '.cts', '.jsx': '.tsx' };

const isFile = (url) => {
  const path = fileURLToPath(url);
  return existsSync(path) && statSync(path).isFile();
};

function onDisk(specifier, parentURL) {
  const url = new URL(specifier, parentURL);
  if (url.protocol !== 'file:') return null;
  const ending = /\.[cm]?jsx?$/.exec(url.pathname)?.[0];
  const tries = ending ? [url.href.slice(0, -ending.length) + SOURCE_OF[ending]] : ENDINGS.map((e) => url.href + e);
  return tries.find((href) => isFile(href)) ?? null;
}

/** `root_url` is the repository's folder with a slash at its end; bare imports from outside of it resolve as if made in it. */
export function installResolution(root_url) {
  registerHooks({
    resolve(specifier, context, next) {
      try {
        return next(specifier, context);
      } catch (error) {
        const relative = /^\.{0,2}\//.test(specifier) || specifier.startsWith('file:');
        if (relative && context.parentURL !== undefined) {
          const found = onDisk(specifier, context.parentURL);
          if (found !== null) return next(found, context);
        } else if (!relative && context.parentURL?.startsWith('file:') && !context.parentURL.startsWith(root_url)) {
          return next(specifier, { ...context, parentURL: `${root_url}package.json` });
        }
        throw error;
      }
    },
  });
}
