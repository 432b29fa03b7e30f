import { Injectable, Logger } from '@nestjs/common';
import { QboError } from '../../../api/errors/qbo-error.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { CallOptions } from '../../../api/pipeline/qbo-http-pipeline.service.js';
import { isInHand } from '../../../operations/operation-state.js';
import { CustomerLinksRepository, linkInto } from '../customer-links.repository.js';
import { CustomerOperationsRepository } from './customer-operations.repository.js';
import type { CrmCustomer } from '../profile/customer-profile.js';
import { type CustomerRoute, routeOf } from './customer-route.js';
import { CustomerMatcherService, type MatchVerdict } from '../match/customer-matcher.service.js';

export interface SurveyedCustomer {
  route: CustomerRoute;
  /** Of one that is not linked; null where it is, or could not be found out. */
  verdict: MatchVerdict | null;
}

/** Looks at many customers before any is sent: who is linked, who has to be made, and who may be there already. */
@Injectable()
export class CustomerSurveyService {
  private readonly logger = new Logger(CustomerSurveyService.name);

  constructor(
    private readonly links: CustomerLinksRepository,
    private readonly operations: CustomerOperationsRepository,
    private readonly matcher: CustomerMatcherService,
  ) {}

  async of(
    orgId: number,
    company: QboCompany | null,
    customerIds: readonly number[],
    options: CallOptions,
  ): Promise<ReadonlyMap<number, SurveyedCustomer>> {
    const customers = new Map((await this.links.list(orgId, customerIds)).map((one) => [one.id, one]));
    const newest = await this.operations.listNewest(orgId, customerIds);
    const unfinished = newest.filter((one) => isInHand(one) && one.realmId === company?.realmId);
    const begun = new Set(unfinished.map(({ entityId }) => entityId));
    const inDoubt = new Set(unfinished.filter((one) => one.firstSentAt !== null).map((one) => one.entityId));
    const toMake = [...customers.values()].filter(
      (customer) => company && !linkInto(company, customer) && !begun.has(customer.id),
    );
    const verdicts = company
      ? await this.verdicts(company, toMake, options)
      : new Map<number, MatchVerdict>();
    return new Map(
      customerIds.map((id) => {
        const customer = customers.get(id) ?? null;
        const link = company && customer ? linkInto(company, customer) : null;
        const begunAlready: MatchVerdict = { kind: 'create', decided: false };
        const verdict = verdicts.get(id) ?? (begun.has(id) ? begunAlready : null);
        return [
          id,
          { verdict, route: routeOf(company, { customer, link, inDoubt: inDoubt.has(id), verdict }) },
        ];
      }),
    );
  }

  /** Empty where the look fails: each customer then finds out for itself, and says what is wrong. */
  private async verdicts(
    company: QboCompany,
    customers: readonly CrmCustomer[],
    options: CallOptions,
  ): Promise<ReadonlyMap<number, MatchVerdict>> {
    try {
      return await this.matcher.verdicts(company, customers, options);
    } catch (error) {
      if (!(error instanceof QboError)) throw error;
      this.logger.warn(
        { err: error, orgId: company.orgId },
        'Customers in QuickBooks could not be looked at',
      );
      return new Map();
    }
  }
}
