import type { Body } from './books/json.ts';
import type { PlannedFault } from './http/fault-plan.ts';
import type { CallCount, JournalEntry } from './http/journal.ts';
import { BookkeeperControl, type CompanyView } from './bookkeeper-control.ts';
import { StripeControl } from './stripe-control.ts';
import type { Switches } from './switches.ts';

export { SandboxRefusal } from './control-request.ts';
export type { CompanyView, CustomerMoney, QboRecord } from './bookkeeper-control.ts';
export { StripeControl } from './stripe-control.ts';
export type { CallCount, JournalEntry, PlannedFault };

/** Speaks to a running sandbox from a test: one method for each control route. Throws `SandboxRefusal`. */
export class SandboxControl extends BookkeeperControl {
  /** What customers, banks and a bad network do at Stripe. */
  readonly stripe: StripeControl;

  /** `url` is where the sandbox listens, such as `http://127.0.0.1:8090`. */
  constructor(url: string) {
    super(url);
    this.stripe = new StripeControl(url.replace(/\/$/, ''));
  }

  companies(): Promise<CompanyView[]> {
    return this.call('GET', '/companies');
  }

  createCompany(
    company: {
      name?: string;
      realm_id?: string;
      fixtures?: boolean | 'sales';
      country?: 'US' | 'GB' | 'AU' | 'CA';
    } = {},
  ): Promise<CompanyView> {
    return this.call('POST', '/companies', company);
  }

  /** Everything as it is, to be put back by `loadState`, into this sandbox or another. */
  saveState(): Promise<object> {
    return this.call('GET', '/state');
  }

  loadState(state: object): Promise<{ companies: string[] }> {
    return this.call('PUT', '/state', state);
  }

  /** Opens companies with records of their own: `{companies: [{realm_id, records: [{entity, body, as?}]}]}`. */
  seed(seed: object): Promise<{ companies: string[] }> {
    return this.call('POST', '/seed', seed);
  }

  /** Everything forgotten: companies, faults, requests, `requestid`s; clock and switches as at the start. */
  reset(): Promise<{ companies: CompanyView[] }> {
    return this.call('POST', '/reset');
  }

  /** Every access token of a company is dead, an hour early; its refresh tokens live on. */
  expireAccess(realm: string): Promise<{ expired: number }> {
    return this.call('POST', '/oauth/expire-access', { realm_id: realm });
  }

  planFault(fault: PlannedFault): Promise<{ id: string }> {
    return this.call('POST', '/faults', fault);
  }

  faults(): Promise<(PlannedFault & { id: string })[]> {
    return this.call('GET', '/faults');
  }

  clearFaults(): Promise<Body> {
    return this.call('DELETE', '/faults');
  }

  advanceClock(ms: number): Promise<{ now: string }> {
    return this.call('POST', '/clock', { advance_ms: ms });
  }

  setClock(instant: Date): Promise<{ now: string }> {
    return this.call('POST', '/clock', { set: instant.toISOString() });
  }

  resetClock(): Promise<{ now: string }> {
    return this.call('POST', '/clock', { reset: true });
  }

  clock(): Promise<{ now: string }> {
    return this.call('GET', '/clock');
  }

  /** Calls to the API so far, for one realm; all of them are in `allCalls`. */
  calls(realm: string): Promise<CallCount> {
    return this.call('GET', `/calls?realm_id=${realm}`);
  }

  async allCalls(): Promise<Record<string, CallCount>> {
    return (await this.call<{ realms: Record<string, CallCount> }>('GET', '/calls')).realms;
  }

  /** Forgets the counts and the journal of requests. */
  resetCalls(): Promise<Body> {
    return this.call('DELETE', '/calls');
  }

  /** The latest requests to the API, oldest first. */
  requests(filter: { limit?: number; realm_id?: string } = {}): Promise<JournalEntry[]> {
    const words = Object.entries(filter).map(([name, value]) => `${name}=${value}`);
    return this.call('GET', `/requests?${words.join('&')}`);
  }

  switches(): Promise<Switches> {
    return this.call('GET', '/switches');
  }

  patchSwitches(patch: Partial<Switches>): Promise<Switches> {
    return this.call('PATCH', '/switches', patch);
  }
}
