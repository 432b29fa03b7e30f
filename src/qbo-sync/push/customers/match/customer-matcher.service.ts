import { Injectable } from '@nestjs/common';
import { OrgSettingsService } from '../../../../orgs/settings/org-settings.service.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import { CustomerMirrorService } from '../../../pull/customers/customer-mirror.service.js';
import type { CallOptions } from '../../../api/pipeline/qbo-http-pipeline.service.js';
import type { MirroredCustomer } from '../../../pull/customers/mirrored-customer.js';
import { QboCustomersRepository } from '../../../pull/customers/qbo-customers.repository.js';
import { CustomerLinksRepository } from '../customer-links.repository.js';
import type { CrmCustomer } from '../profile/customer-profile.js';
import { CustomerMatchesRepository, type MatchDecision } from './customer-matches.repository.js';
import { isSame, type MatchCandidate, rankCandidates, type WantedCustomer, wantedOf } from './match-score.js';

/** What to do with a customer that is not in QuickBooks by what is known here. */
export type MatchVerdict =
  /** Make it. `decided`: a person said so, whatever is there already. */
  | { kind: 'create'; decided: boolean }
  /** It is there: link it. */
  | { kind: 'match'; customer: MirroredCustomer }
  /** It may be there: a person decides. */
  | { kind: 'ask'; candidates: MatchCandidate[] }
  /** A person keeps it out of QuickBooks. */
  | { kind: 'excluded' };

/**
 * Looks for customers of ours among those that QuickBooks has, before any is made. Promise: what is certainly the same
 * and stands for nobody else is linked; what may be the same waits for a person, unless the organisation does not want
 * to be asked.
 */
@Injectable()
export class CustomerMatcherService {
  constructor(
    private readonly mirror: CustomerMirrorService,
    private readonly customers: QboCustomersRepository,
    private readonly links: CustomerLinksRepository,
    private readonly matches: CustomerMatchesRepository,
    private readonly settings: OrgSettingsService,
  ) {}

  /** One verdict for each, after one look at what changed in QuickBooks. Throws QboError where that fails. */
  async verdicts(
    company: QboCompany,
    customers: readonly CrmCustomer[],
    options?: CallOptions,
  ): Promise<Map<number, MatchVerdict>> {
    const ids = customers.map(({ id }) => id);
    const decisions = await this.matches.listDecisions(company, ids);
    const undecided = customers.filter(({ id }) => !isFinal(decisions.get(id)));
    if (undecided.length > 0) await this.mirror.refresh(company, options);
    const { customerMatch, companyCurrency } = await this.settings.get(company.orgId);
    const candidates = await this.candidatesIn(company, undecided, companyCurrency);
    const verdicts = new Map<number, MatchVerdict>();
    for (const customer of customers) {
      const decision = decisions.get(customer.id);
      const found = candidates.get(customer.id) ?? [];
      verdicts.set(customer.id, await this.verdict(company, customer, { decision, found, customerMatch }));
    }
    return verdicts;
  }

  async verdictOf(company: QboCompany, customer: CrmCustomer, options?: CallOptions): Promise<MatchVerdict> {
    return (await this.verdicts(company, [customer], options)).get(customer.id)!;
  }

  /** The same by customers that were just read. */
  async judge(
    company: QboCompany,
    customer: CrmCustomer,
    read: readonly MirroredCustomer[],
  ): Promise<MatchVerdict> {
    const decision = (await this.matches.listDecisions(company, [customer.id])).get(customer.id);
    const { customerMatch, companyCurrency } = await this.settings.get(company.orgId);
    const free = await this.freeOf(company, read, companyCurrency);
    const found = rankCandidates(
      wantedOf(customer),
      read.filter((one) => free(one, customer.id)),
    );
    return this.verdict(company, customer, { decision, found, customerMatch });
  }

  /** Who each of these may be, by what the mirror knows; customers that stand for another of ours are left out. */
  async candidates(
    company: QboCompany,
    customers: readonly CrmCustomer[],
  ): Promise<Map<number, MatchCandidate[]>> {
    const { companyCurrency } = await this.settings.get(company.orgId);
    return this.candidatesIn(company, customers, companyCurrency);
  }

  private async candidatesIn(
    company: QboCompany,
    customers: readonly CrmCustomer[],
    companyCurrency: string | null,
  ): Promise<Map<number, MatchCandidate[]>> {
    const wanted = customers.map(wantedOf);
    const found = await this.customers.listByKeys(company, {
      names: wanted.map((one) => one.nameKey).filter((key) => key !== ''),
      emails: wanted.flatMap((one) => one.emailKeys),
      phones: wanted.flatMap((one) => one.phoneKeys),
    });
    const byKey = Map.groupBy(
      found.flatMap((customer) => keysOf(customer).map((key) => ({ key, customer }))),
      ({ key }) => key,
    );
    const free = await this.freeOf(company, found, companyCurrency);
    return new Map(
      wanted.map((one) => {
        const sharing = new Set(
          wantedKeys(one)
            .flatMap((key) => byKey.get(key) ?? [])
            .map((entry) => entry.customer),
        );
        return [
          one.id,
          rankCandidates(
            one,
            [...sharing].filter((customer) => free(customer, one.id)),
          ),
        ];
      }),
    );
  }

  /**
   * Tells which of these are in the home currency, stand for no customer of ours and are not being made for another one
   * right now.
   */
  private async freeOf(
    company: QboCompany,
    found: readonly MirroredCustomer[],
    companyCurrency: string | null,
  ): Promise<(customer: MirroredCustomer, customerId: number) => boolean> {
    if (found.length === 0) return () => true;
    const taken = await this.links.listTaken(
      company,
      found.map(({ qboId }) => qboId),
    );
    const beingMade = await this.matches.listBeingMade(company);
    return ({ qboId, displayName, currency }, customerId) => {
      // A record in another currency is no home of what is invoiced in the home currency.
      if (companyCurrency !== null && currency !== null && currency !== companyCurrency) return false;
      const maker = beingMade.get(displayName.toLowerCase());
      return !taken.has(qboId) && (maker === undefined || maker === customerId);
    };
  }

  private async verdict(
    company: QboCompany,
    customer: CrmCustomer,
    {
      decision,
      found,
      customerMatch,
    }: { decision?: MatchDecision; found: MatchCandidate[]; customerMatch: 'ask' | 'create' },
  ): Promise<MatchVerdict> {
    if (decision?.decision === 'exclude') return { kind: 'excluded' };
    if (decision?.decision === 'create') return { kind: 'create', decided: true };
    const [same, ...others] = decision?.decision === 'unlink' ? [] : found.filter(isSame);
    if (same && others.length === 0 && same.customer.parentId === null) {
      if (!(await this.isClaimed(company, customer, same))) {
        return { kind: 'match', customer: same.customer };
      }
    }
    return found.length > 0 && customerMatch === 'ask'
      ? { kind: 'ask', candidates: found }
      : { kind: 'create', decided: false };
  }

  /** Whether another customer of ours, not linked yet, is as certainly the same. */
  private async isClaimed(
    company: QboCompany,
    { id }: CrmCustomer,
    { customer }: MatchCandidate,
  ): Promise<boolean> {
    const rivals = await this.matches.listUnlinkedByEmail(company, customer.emailKeys);
    return rivals.some(
      (rival) => rival.id !== id && rankCandidates(wantedOf(rival), [customer]).some(isSame),
    );
  }
}

function isFinal(decision: MatchDecision | undefined): boolean {
  return decision?.decision === 'exclude' || decision?.decision === 'create';
}

function keysOf({ nameKeys, companyKey, emailKeys, phoneKeys }: MirroredCustomer): string[] {
  const names = [...nameKeys, ...(companyKey === null ? [] : [companyKey])];
  return [...new Set(names.map((key) => `name:${key}`)), ...emailKeys, ...phoneKeys];
}

function wantedKeys({ nameKey, emailKeys, phoneKeys }: WantedCustomer): string[] {
  return [`name:${nameKey}`, ...emailKeys, ...phoneKeys];
}
