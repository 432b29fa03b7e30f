import { Injectable } from '@nestjs/common';
import { assertAllRead } from '../../api/errors/all-read.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { QboClient } from '../../api/qbo.client.js';
import type { OutboundOperation } from '../../operations/rows/operation.entity.js';
import { mirrored } from '../../pull/customers/mirrored-customer.js';
import type { FollowUp, Sending } from './customer-follow-up.js';
import type { LinkableCustomer } from './customer-links.repository.js';
import type { PlanHints } from './plan/customer-plan.js';
import { profileOf, suffixedName } from './profile/customer-profile.js';
import { CustomerMatcherService } from './match/customer-matcher.service.js';

/** QuickBooks refused a name that another customer, vendor or employee has (6240). */
@Injectable()
export class DuplicateCustomerNameService {
  constructor(
    private readonly client: QboClient,
    private readonly matcher: CustomerMatcherService,
  ) {}

  /**
   * Whoever has the name is this very customer, or a person decides, or ours gets a suffix. Throws where the name with
   * its suffix is taken too.
   */
  async followUp(
    company: QboCompany,
    customer: LinkableCustomer,
    operation: Sending['operation'],
    refusal: QboError,
    options: PlanHints['options'],
  ): Promise<FollowUp> {
    if (operation.kind === 'customer.create') return this.beforeCreate(company, customer, operation, options);
    if (hasSuffix(customer, operation)) throw refusal;
    return { kind: 'again', hints: { suffix: true, options } };
  }

  private async beforeCreate(
    company: QboCompany,
    customer: LinkableCustomer,
    refused: OutboundOperation<'customer.create'>,
    options: PlanHints['options'],
  ): Promise<FollowUp> {
    const displayName = refused.payload.displayName!;
    const named = await this.client.customers.findByDisplayName(company, displayName, options);
    const verdict = await this.matcher.judge(company, customer, named.read.map(mirrored));
    // Whoever cannot be read may be this very customer: no second one is made beside them.
    if (verdict.kind === 'create') assertAllRead(named, 'customer.query');
    if (verdict.kind !== 'create') return { kind: 'again', hints: { verdict, options } };
    if (displayName === suffixOf(customer)) throw taken(displayName);
    return { kind: 'again', hints: { verdict, suffix: true, options } };
  }
}

function suffixOf(customer: LinkableCustomer): string {
  return suffixedName(profileOf(customer).displayName, customer.id);
}

function hasSuffix(customer: LinkableCustomer, { payload }: Sending['operation']): boolean {
  const name = 'patch' in payload ? payload.patch.displayName : payload.displayName;
  return name === undefined || name === suffixOf(customer);
}

function taken(name: string): QboError {
  const message = `QuickBooks has another "${name}". Rename one of them and sync again.`;
  return new QboError('duplicate_name', message, { operation: 'customer.create', code: '6240' });
}
