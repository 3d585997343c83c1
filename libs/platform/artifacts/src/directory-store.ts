import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { ArtifactRef, CodeOptimaError } from '@codeoptima/contracts';
import { draftOf } from '@codeoptima/embedded/drafts';
import type { ArtifactSource, ArtifactStore, Collection } from './artifact-store.ts';

const errno = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

const translate = (error: unknown, what: string): CodeOptimaError => {
  if (error instanceof CodeOptimaError) return error;
  if (errno(error) === 'ENOSPC' || errno(error) === 'EDQUOT')
    return new CodeOptimaError('disk_full', `the disk of the object store is full: ${what}; free some space.`, {
      cause: error,
      retryable: true,
    });
  return new CodeOptimaError('internal', `the object store failed: ${what}: ${error instanceof Error ? error.message : 'unknown error'}`, {
    cause: error,
  });
};

const syncDirectory = async (dir: string): Promise<void> => {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const chunksOf = (source: ArtifactSource): AsyncIterable<Uint8Array> | Iterable<Uint8Array> => {
  if (typeof source === 'string') return [Buffer.from(source)];
  if (source instanceof Uint8Array) return [source];
  return source instanceof Readable ? source : createReadStream(source.file);
};

/** Writes chunks to an open file and gives their SHA-256. */
const drain = async (source: ArtifactSource, file: FileHandle): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of chunksOf(source)) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    hash.update(bytes);
    await file.writeFile(bytes);
  }
  return hash.digest('hex');
};

/** Writes a draft in the target's file system, syncs it, and lets `place` name its final path from the hash; removes it on any failure. */
const writeDraft = async (draft: string, source: ArtifactSource, place: (hex: string) => Promise<void>): Promise<void> => {
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      const hex = await drain(source, file);
      await file.sync();
      await file.close();
      await place(hex);
    } finally {
      await file.close().catch(() => undefined);
    }
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
};

class DirectoryStore implements ArtifactStore {
  readonly #root: string;
  readonly #drafts: string;

  constructor(root: string) {
    this.#root = root;
    this.#drafts = join(root, 'drafts');
  }

  async put(source: ArtifactSource): Promise<ArtifactRef> {
    let ref: ArtifactRef = '';
    try {
      await mkdir(this.#drafts, { recursive: true, mode: 0o700 });
      const draft = draftOf(join(this.#drafts, 'object'));
      await writeDraft(draft, source, async (hex) => {
        ref = `sha256:${hex}`;
        const path = this.#path(ref);
        if ((await mkdir(dirname(path), { recursive: true, mode: 0o700 })) !== undefined) await syncDirectory(this.#root);
        // Also when it is there already: the rename renews its age, which keeps a collection that runs now from taking it.
        await rename(draft, path);
        await syncDirectory(dirname(path));
      });
      return ref;
    } catch (error) {
      throw translate(error, 'an object could not be stored');
    }
  }

  async get(ref: ArtifactRef): Promise<Buffer> {
    const bytes = await this.#reading(ref, () => readFile(this.#path(ref)));
    this.#verify(ref, createHash('sha256').update(bytes).digest('hex'));
    return bytes;
  }

  async has(ref: ArtifactRef): Promise<boolean> {
    return stat(this.#path(ref)).then(
      () => true,
      () => false,
    );
  }

  async stat(ref: ArtifactRef): Promise<{ size_bytes: number }> {
    const { size } = await this.#reading(ref, () => stat(this.#path(ref)));
    return { size_bytes: size };
  }

  async getToFile(ref: ArtifactRef, path: string): Promise<void> {
    const draft = `${path}.${randomBytes(6).toString('hex')}.draft`;
    await this.#reading(ref, () => stat(this.#path(ref)));
    await this.#reading(ref, () =>
      writeDraft(draft, { file: this.#path(ref) }, async (hex) => {
        this.#verify(ref, hex);
        await rename(draft, path);
      }),
    );
  }

  async collect(reachable: ReadonlySet<ArtifactRef>, before_ms: number): Promise<Collection> {
    const collection: Collection = { removed: 0, removed_bytes: 0 };
    const names = await readdir(this.#root, { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of names.filter((entry) => entry.isFile())) {
      const path = join(entry.parentPath, entry.name);
      if (reachable.has(`sha256:${entry.name}`)) continue;
      const found = await stat(path).catch(() => null);
      if (found === null || found.mtimeMs >= before_ms) continue;
      await rm(path, { force: true });
      collection.removed += 1;
      collection.removed_bytes += found.size;
    }
    return collection;
  }

  #path(ref: ArtifactRef): string {
    if (!ArtifactRef.safeParse(ref).success)
      throw new CodeOptimaError('bad_input', `"${ref}" is no reference; it must be sha256:<64 hex digits>.`);
    const hex = ref.slice('sha256:'.length);
    return join(this.#root, hex.slice(0, 2), hex);
  }

  #verify(ref: ArtifactRef, hex: string): void {
    if (ref !== `sha256:${hex}`) throw new CodeOptimaError('internal', `the stored bytes of ${ref} were damaged.`, { ids: { ref } });
  }

  async #reading<T>(ref: ArtifactRef, read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (errno(error) === 'ENOENT') throw new CodeOptimaError('not_found', `there is no object ${ref}.`, { cause: error, ids: { ref } });
      throw translate(error, `${ref} could not be read`);
    }
  }
}

/** The object store of one machine: `<root>/<first two hex digits>/<64 hex digits>`, folders 0700 and files 0600. */
export const openDirectoryStore = async (root: string): Promise<ArtifactStore> => {
  try {
    await mkdir(root, { recursive: true, mode: 0o700 });
    return new DirectoryStore(root);
  } catch (error) {
    throw translate(error, `${root} could not be made`);
  }
};
