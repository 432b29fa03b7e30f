/** Which sessions of PostgreSQL wait for the transactions of which others. Sessions are named by their process. */
export class LockWaits {
  /** How many transactions of a session have ended. */
  readonly #ended = new Map<number, number>();
  readonly #waits = new Map<number, ReadonlyMap<number, number>>();

  /** A session's transaction is over, or gave back the locks of a savepoint. */
  end(session: number): void {
    this.#ended.set(session, this.#endedOf(session) + 1);
  }

  /** False where its wait would close a circle: it must not begin. */
  begin(session: number, blockers: readonly number[]): boolean {
    if (blockers.some((blocker) => this.#reaches(blocker, session))) return false;
    this.#waits.set(session, new Map(blockers.map((blocker) => [blocker, this.#endedOf(blocker)])));
    return true;
  }

  stop(session: number): void {
    this.#waits.delete(session);
  }

  /** Whether something that it waits for is over; so it is for who waits for nothing. */
  mayGoOn(session: number): boolean {
    const blockers = [...(this.#waits.get(session) ?? [])];
    return blockers.length === 0 || blockers.some(([blocker, ended]) => this.#endedOf(blocker) !== ended);
  }

  #endedOf(session: number): number {
    return this.#ended.get(session) ?? 0;
  }

  #reaches(from: number, to: number): boolean {
    return from === to || [...(this.#waits.get(from)?.keys() ?? [])].some((next) => this.#reaches(next, to));
  }
}
