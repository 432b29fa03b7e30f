/** One call of the token endpoint and how it ended. */
export interface TokenCall {
  at: Date;
  grantType: string;
  /** `ok`, the OAuth error, or the fault that was played. */
  outcome: string;
  clientId: string | null;
  realmId: string | null;
}

/** Calls kept in full; the counts go on for ever. */
const recentMax = 200;

/**
 * Counts the calls of the token endpoint: by grant type and outcome, refreshes that ran at the same time,
 * dead values used again.
 */
export class TokenCallLog {
  #counts: Record<string, Record<string, number>> = {};
  #recent: TokenCall[] = [];
  #total = 0;
  #refreshesInFlight = 0;
  #concurrentRefreshes = 0;
  #staleRefreshes = 0;

  /**
   * A refresh has arrived; the returned function says that it is over. A refresh that starts while another
   * runs is concurrent.
   */
  startRefresh(): () => void {
    if (this.#refreshesInFlight > 0) this.#concurrentRefreshes += 1;
    this.#refreshesInFlight += 1;
    let running = true;
    return () => {
      if (running) this.#refreshesInFlight -= 1;
      running = false;
    };
  }

  countStaleRefresh(): void {
    this.#staleRefreshes += 1;
  }

  record(call: TokenCall): void {
    this.#total += 1;
    const outcomes = (this.#counts[call.grantType] ??= {});
    outcomes[call.outcome] = (outcomes[call.outcome] ?? 0) + 1;
    this.#recent = [...this.#recent, call].slice(-recentMax);
  }

  reset(): void {
    this.#counts = {};
    this.#recent = [];
    this.#total = 0;
    this.#concurrentRefreshes = 0;
    this.#staleRefreshes = 0;
  }

  summary(): object {
    return {
      total: this.#total,
      by_grant_type: this.#counts,
      concurrent_refreshes: this.#concurrentRefreshes,
      stale_refreshes: this.#staleRefreshes,
      recent: this.#recent.map(({ at, grantType, outcome, clientId, realmId }) => ({
        at: at.toISOString(),
        grant_type: grantType,
        outcome,
        client_id: clientId,
        realm_id: realmId,
      })),
    };
  }
}
