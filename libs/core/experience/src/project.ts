import { createHash } from 'node:crypto';

/**
 * The memory's name of a repository: host and path of a URL, without credentials; else the folder's name with a hash of its whole path.
 * At most 128 characters of those that a project may have.
 */
export function projectOf(repository: string): string {
  const url = /^(?:[a-z+]+:\/\/)?(?:[^@/\s]*@)?([\w.-]+\.[\w.-]+)(?::\d+)?[:/](.+?)(?:\.git)?\/?$/i.exec(repository);
  const isUrl = url && !repository.startsWith('/') && !repository.startsWith('file:');
  const short = createHash('sha256').update(repository).digest('hex').slice(0, 12);
  const name = isUrl ? `${url[1]}/${url[2]}` : `${repository.replace(/\/+$/, '').split('/').at(-1) ?? ''}@${short}`;
  const plain = name.replace(/[^\w./:@-]/g, '_');
  return plain.length <= 128 ? plain : `${plain.slice(0, 115)}@${short}`;
}

/** A UUID that is the same for the same parts (version 8 of RFC 9562: its bits are ours). */
export function stableUuid(...parts: readonly string[]): string {
  const hex = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
