import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { CodeOptimaError } from '@codeoptima/contracts';

/**
 * Names in order, no times, no owners: the same tree gives the same bytes, so it has one address in the object store. Not the posix
 * format, which writes the id of the tar process into the names of files with holes.
 */
const PACK = ['--create', '--file=-', '--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--format=gnu'].concat([
  '--sparse',
  '--ignore-failed-read',
  '--warning=no-file-ignored',
]);

const isFull = (text: string): boolean => /No space left on device|Disk quota exceeded|ENOSPC|EDQUOT/.test(text);

function failure(what: string, dir: string, detail: string): CodeOptimaError {
  if (isFull(detail)) return new CodeOptimaError('disk_full', `The disk is full: ${dir} could not be ${what}.`, { ids: { path: dir } });
  return new CodeOptimaError('internal', `${dir} could not be ${what}: ${detail.trim().split('\n')[0] ?? ''}`, { ids: { path: dir } });
}

interface Tar {
  stdin: NodeJS.WritableStream;
  stdout: NodeJS.ReadableStream;
  /** What it complained about; null when it ended well. */
  end: Promise<string | null>;
  stop: () => void;
}

function startTar(args: readonly string[], signal?: AbortSignal): Tar {
  const child = spawn('tar', args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(signal === undefined ? {} : { signal }),
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    if (complaint.length < 10_000) complaint += chunk.toString();
  });
  const end = new Promise<string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code) => resolve(code === 0 ? null : complaint || `tar ended with exit code ${code}`));
  });
  return { stdin: child.stdin, stdout: child.stdout, end, stop: () => child.kill('SIGKILL') };
}

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Packs a tree as tar.zst, streaming. Symbolic and hard links are kept as links, holes as holes.
 * @throws CodeOptimaError `disk_full`, `internal`; the file is removed then
 */
export async function packTree(dir: string, file: string, signal?: AbortSignal): Promise<void> {
  const tar = startTar([...PACK, '-C', dir, '.'], signal);
  const level = { params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_nbWorkers]: 0 } };
  const streamed = await pipeline(tar.stdout, createZstdCompress(level), createWriteStream(file, { mode: 0o600 })).then(
    () => null,
    (error: unknown) => message(error),
  );
  if (streamed !== null) tar.stop();
  const complaint = streamed ?? (await tar.end);
  if (complaint === null) return;
  await rm(file, { force: true });
  throw failure('packed', dir, complaint);
}

/**
 * Unpacks a tar.zst into `dir`, which is made. Absolute names, names with `..` and names through a symbolic link of the archive are not
 * followed out of `dir`.
 * @throws CodeOptimaError `bad_input` for such a name, `disk_full`, `internal`; what was unpacked by then is removed
 */
export async function unpackTree(file: string, dir: string, signal?: AbortSignal): Promise<void> {
  await mkdir(dir, { recursive: true });
  const tar = startTar(['--extract', '--file=-', '--no-same-owner', '--sparse', '-C', dir], signal);
  const streamed = await pipeline(createReadStream(file), createZstdDecompress(), tar.stdin).then(
    () => null,
    (error: unknown) => message(error),
  );
  // tar closes its input at the end-of-archive mark, maybe before the last padding was written; then its own word counts.
  const closedByTar = streamed === 'Premature close' || (streamed?.includes('EPIPE') ?? false);
  const ended = await tar.end;
  const complaint = closedByTar ? ended : (streamed ?? ended);
  if (complaint === null) return;
  await rm(dir, { recursive: true, force: true });
  if (/Member name contains '\.\.'/.test(complaint))
    throw new CodeOptimaError('bad_input', `The archive ${file} names a file outside its folder.`, { ids: { path: file } });
  throw failure('unpacked', file, complaint);
}
