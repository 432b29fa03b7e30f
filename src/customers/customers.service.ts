import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { AuditValues } from '../audit/audit-values.js';
import { AuditService } from '../audit/audit.service.js';
import { DomainError } from '../platform/errors/domain-error.js';
import { sortPosition } from '../platform/http/lists/sorted-page.js';
import { Clock } from '../platform/time/clock.js';
import type { CreateCustomer, CustomersQuery, UpdateCustomer } from './customer.dto.js';
import type { Customer } from './customer.entity.js';
import { customerErased } from './customer-erased.js';
import {
  CUSTOMER_SORT_KEYS,
  type CustomerFields,
  CustomersRepository,
  type ListedCustomer,
} from './customers.repository.js';
import { plainAddress, postalAddressText } from './postal-address.js';

/** Owns what an organisation knows about the people it sells to. Never talks to QuickBooks. */
@Injectable()
export class CustomersService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly customers: CustomersRepository,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** Adds a customer to the caller's organisation. Throws where the body names another one, or the e-mail is taken. */
  async create(orgId: number, body: CreateCustomer): Promise<Customer> {
    if (body.org_id != null && body.org_id !== orgId) {
      throw new DomainError(
        'forbidden',
        'foreign_org',
        `You do not work for organisation ${body.org_id}. Leave org_id out, or send your own.`,
      );
    }
    const facts = {
      email: body.email,
      fullName: body.full_name ?? null,
      phone: body.phone ?? null,
      billingAddress: plainAddress(body.billing_address ?? null),
      isActive: true,
      reminders: true,
    };
    return this.dataSource.transaction(async (tx) => {
      const customer = await this.customers.insert(tx, orgId, facts, this.clock.now());
      const subject = `customer:${customer.id}` as const;
      await this.audit.record(tx, orgId, { action: 'customer.created', subject, after: audited(customer) });
      return customer;
    });
  }

  async get(orgId: number, id: number): Promise<Customer> {
    return this.customers.getInOrg(this.dataSource.manager, orgId, id);
  }

  /** One more than the page holds. */
  async list(orgId: number, query: CustomersQuery): Promise<ListedCustomer[]> {
    const { limit, sort, search, linked, is_active: isActive } = query;
    const window = { limit, sort, after: sortPosition(CUSTOMER_SORT_KEYS, query) };
    return this.customers.list(this.dataSource.manager, orgId, { search, linked, isActive }, window);
  }

  /** Changes what the body names; null clears a name or a phone. */
  async update(orgId: number, id: number, body: UpdateCustomer): Promise<Customer> {
    return this.dataSource.transaction(async (tx) => {
      const customer = await this.customers.getForUpdate(tx, orgId, id);
      if (customer.erasedAt !== null) throw customerErased(id);
      const before = audited(customer);
      const changed = await this.customers.update(tx, customer, factsOf(body), this.clock.now());
      const deed = { action: 'customer.updated', subject: `customer:${id}` } as const;
      await this.audit.recordChange(tx, orgId, deed, before, audited(changed));
      return changed;
    });
  }
}

/** What the audit log tells of a customer. */
function audited({ email, fullName, phone, billingAddress, isActive, reminders }: Customer): AuditValues {
  const address = billingAddress && postalAddressText(billingAddress);
  return { email, full_name: fullName, phone, billing_address: address, is_active: isActive, reminders };
}

function factsOf(body: UpdateCustomer): Partial<CustomerFields> {
  return {
    ...(body.email === undefined ? {} : { email: body.email }),
    ...(body.full_name === undefined ? {} : { fullName: body.full_name }),
    ...(body.phone === undefined ? {} : { phone: body.phone }),
    ...(body.billing_address === undefined ? {} : { billingAddress: plainAddress(body.billing_address) }),
    ...(body.is_active === undefined ? {} : { isActive: body.is_active }),
    ...(body.reminders === undefined ? {} : { reminders: body.reminders }),
  };
}
