import { Injectable } from '@nestjs/common';
import { QboError } from '../../../api/errors/qbo-error.js';
import { AskedReadsService } from '../../../api/metering/asked-reads.service.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import { ConnectionService } from '../../../connection/connection.service.js';
import { CustomerMirrorService } from '../../../pull/customers/customer-mirror.service.js';
import { CustomerLinksRepository, linkInto } from '../customer-links.repository.js';
import { CustomerMatcherService } from './customer-matcher.service.js';
import { CustomerMatchesRepository } from './customer-matches.repository.js';
import type { MatchCandidate } from './match-score.js';

export type MatchState = 'unmatched' | 'proposed' | 'linked' | 'excluded';

/** Whether a customer is one that QuickBooks has. */
export interface CustomerMatch {
  state: MatchState;
  /** Who it may be, best first; those that stand for a customer of ours are left out. */
  candidates: MatchCandidate[];
}

/** Says whether a customer is in QuickBooks already, for whoever decides about it. */
@Injectable()
export class CustomerMatchStateService {
  constructor(
    private readonly connections: ConnectionService,
    private readonly askedReads: AskedReadsService,
    private readonly mirror: CustomerMirrorService,
    private readonly matcher: CustomerMatcherService,
    private readonly matches: CustomerMatchesRepository,
    private readonly links: CustomerLinksRepository,
  ) {}

  /**
   * Looks at what changed in QuickBooks before, as far as people of the organisation may ask for that. Throws not found
   * for a customer that is not in this organisation.
   */
  async get(orgId: number, customerId: number): Promise<CustomerMatch> {
    const customer = await this.links.get(orgId, customerId);
    const company = await this.connections.company(orgId);
    if (!company) return { state: customer.link ? 'linked' : 'unmatched', candidates: [] };
    await this.lookAgain(company);
    const candidates = (await this.matcher.candidates(company, [customer])).get(customerId) ?? [];
    if (linkInto(company, customer)) return { state: 'linked', candidates };
    const decision = (await this.matches.listDecisions(company, [customerId])).get(customerId)?.decision;
    if (decision === 'exclude') return { state: 'excluded', candidates };
    return { state: candidates.length > 0 && decision !== 'create' ? 'proposed' : 'unmatched', candidates };
  }

  /** Where that does not work, or too much was asked for, what is known already is answered. */
  private async lookAgain(company: QboCompany): Promise<void> {
    if (!(await this.askedReads.allows(company.orgId, 1))) return;
    await this.mirror.refresh(company).catch((error: unknown) => {
      if (!(error instanceof QboError)) throw error;
    });
  }
}
