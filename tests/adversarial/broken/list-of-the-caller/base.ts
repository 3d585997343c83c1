export class Playlist {
  #tracks: string[] = [];

  load(tracks: string[]): void {
    this.#tracks = [];
    for (const track of tracks) this.#tracks = [...this.#tracks, track];
  }

  next(): string | undefined {
    const [first, ...rest] = this.#tracks;
    this.#tracks = rest;
    return first;
  }

  get length(): number {
    return this.#tracks.length;
  }
}
