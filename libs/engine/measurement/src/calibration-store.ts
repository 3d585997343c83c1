import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { draftOf } from '@codeoptima/embedded/drafts';
import { Calibration, type CalibrationStore } from './calibration.ts';

/** One JSON file per host and runtime version in a folder. A file that cannot be read counts as no calibration. */
export function calibrationFolder(dir: string): CalibrationStore {
  const path = (key: string) => join(dir, `${key}.json`);
  return {
    read: async (key) => {
      try {
        return Calibration.parse(JSON.parse(await readFile(path(key), 'utf8')));
      } catch {
        return null;
      }
    },
    write: async (calibration) => {
      await mkdir(dir, { recursive: true });
      const temporary = draftOf(path(calibration.key));
      await writeFile(temporary, `${JSON.stringify(calibration, null, 2)}\n`);
      await rename(temporary, path(calibration.key));
    },
  };
}
