export class Playlist {
  #tracks: string[] = [];
  #at = 0;

  load(tracks: string[]): void {
    this.#tracks = tracks;
    this.#at = 0;
  }

  next(): string | undefined {
    return this.#at < this.#tracks.length ? this.#tracks[this.#at++] : undefined;
  }

  get length(): number {
    return this.#tracks.length - this.#at;
  }
}
