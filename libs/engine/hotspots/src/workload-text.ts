/** Source texts of workload modules that are made from benchmark files. Paths are relative to the repository's root. */

const fileUrl = (path: string): string => `pathToFileURL(join(process.cwd(), ${JSON.stringify(path)})).href`;
const IMPORTS = "import { join } from 'node:path';\nimport { pathToFileURL } from 'node:url';\n";

/** Takes the recorder's source as text, since a workload module stands alone. */
function withRecorder(recorder: string, body: string): string {
  return `${IMPORTS}${recorder.replaceAll(/^export /gm, '')}\n${body}`;
}

/** Its check value is the JSON list of the names that the suite registered. */
export const listingText = (recorder: string, path: string): string =>
  withRecorder(
    recorder,
    `export default async () => {
  const found = await recordSuite(${fileUrl(path)});
  return { fn: () => found.length, check: JSON.stringify(found.map((task) => task.name.slice(0, 80)).slice(0, 60)) };
};
`,
  );

/** One registered function as a workload; `checked` says whether its result repeats and can be compared. */
export const taskText = (recorder: string, path: string, index: number, checked: boolean): string =>
  withRecorder(
    recorder,
    `export default async () => {
  const found = await recordSuite(${fileUrl(path)});
  const fn = await operationOf(found[${index}]);
  return { fn, check: ${checked ? 'fn' : 'null'} };
};
`,
  );

/** A script whose work happens when it is imported: one operation is one run of it, its printing switched off. */
export const scriptText = (path: string): string => `${IMPORTS}import { createRequire } from 'node:module';
const target = ${fileUrl(path)};
const require = createRequire(target);
let runs = 0;
export default () => {
  const silent = () => undefined;
  Object.assign(console, { log: silent, info: silent, table: silent, time: silent, timeEnd: silent });
  const fn = async () => {
    // A module is evaluated once for each address; what it imports stays loaded.
    delete require.cache?.[require.resolve(${JSON.stringify('./')} + target.slice(target.lastIndexOf('/') + 1))];
    await import(\`\${target}?run=\${runs++}\`);
  };
  return { fn, check: null };
};
`;
