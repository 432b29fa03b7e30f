/** One thing that was done or went wrong, and when, in milliseconds since the start of the play. */
export interface Entry {
  atMs: number;
  what: string;
  /** The organisation and the proposal it was about, where it was about one. */
  org?: number | undefined;
  proposalId?: number | undefined;
}

/** What happened, in its order. */
export class Journal {
  readonly entries: Entry[] = [];
  /** What people set out to do, and whether it came to something. */
  readonly deeds: { kind: string; isDone: boolean }[] = [];
  readonly #startedAt = performance.now();

  get nowMs(): number {
    return performance.now() - this.#startedAt;
  }

  note(what: string, about: Pick<Entry, 'org' | 'proposalId'> = {}): void {
    this.entries.push({ atMs: this.nowMs, what, ...about });
  }
}

/** Everything, in its order. Pure. */
export function storyOfAll(entries: readonly Entry[]): string[] {
  return entries.map(
    ({ atMs, what, org }) =>
      `${(atMs / 1000).toFixed(1).padStart(6)} s  ${org === undefined ? '' : `[${org}] `}${what}`,
  );
}

/** What happened to a proposal, and what went wrong with the machines between its first and its last. Pure. */
export function storyOf(entries: readonly Entry[], about: { org?: number; proposalId?: number }): string[] {
  const isOwn = (entry: Entry): boolean =>
    about.proposalId === undefined
      ? entry.org === about.org
      : entry.proposalId === about.proposalId ||
        (entry.org === about.org && entry.org !== undefined && entry.proposalId === undefined);
  const own = entries.filter(isOwn);
  const from = own[0]?.atMs ?? 0;
  return entries
    .filter((entry) => isOwn(entry) || (entry.org === undefined && entry.atMs >= from - 1_000))
    .map(({ atMs, what }) => `${(atMs / 1000).toFixed(1).padStart(6)} s  ${what}`);
}
