/**
 * How many requests of each realm are in flight, from arrival until the response is sent or the connection
 * ends.
 */
export class InFlight {
  readonly #now = new Map<string, number>();
  readonly #most = new Map<string, number>();

  begin(realm: string): void {
    const now = (this.#now.get(realm) ?? 0) + 1;
    this.#now.set(realm, now);
    this.#most.set(realm, Math.max(now, this.most(realm)));
  }

  end(realm: string): void {
    this.#now.set(realm, this.#now.get(realm)! - 1);
  }

  /** The most at once since the start or since `clear`, and never less than are under way at that moment. */
  most(realm: string): number {
    return this.#most.get(realm) ?? this.#now.get(realm) ?? 0;
  }

  clear(): void {
    this.#most.clear();
  }
}
