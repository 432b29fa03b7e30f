import { Injectable } from '@nestjs/common';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { QboClient } from '../../api/qbo.client.js';
import type { FollowUp } from './customer-follow-up.js';
import { CustomerLinksRepository, linkInto, type LinkableCustomer } from './customer-links.repository.js';
import type { PlanHints } from './plan/customer-plan.js';

/** QuickBooks refused a customer's update because its SyncToken was old (5010): somebody changed it first. */
@Injectable()
export class StaleCustomerService {
  constructor(
    private readonly client: QboClient,
    private readonly links: CustomerLinksRepository,
  ) {}

  /** Reads their version and keeps it; what the CRM changed is sent on top of it. */
  async followUp(
    company: QboCompany,
    customer: LinkableCustomer,
    options: PlanHints['options'],
  ): Promise<FollowUp> {
    const { qboCustomerId } = linkInto(company, customer)!;
    const current = await this.client.customers.get(company, qboCustomerId, options);
    await this.links.saveSaid(company, customer.id, current);
    return { kind: 'again', hints: { options } };
  }
}
