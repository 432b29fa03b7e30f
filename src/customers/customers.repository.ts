import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { violatesUnique } from '../platform/database/sqlstate.js';
import { DomainError, notFound } from '../platform/errors/domain-error.js';
import { Customer } from './customer.entity.js';

/** What a person may say about a customer; the qbo columns are not theirs to write. */
export type CustomerFields = Pick<Customer, 'email' | 'fullName' | 'phone' | 'isActive'>;

/** The customers table. Nothing is read or written without the organisation. */
@Injectable()
export class CustomersRepository {
  /** Adds a customer. Throws a conflict where the organisation has one with this e-mail. */
  async insert(tx: EntityManager, orgId: number, facts: CustomerFields, at: Date): Promise<Customer> {
    const { identifiers } = await tx
      .insert(Customer, { ...facts, orgId, createdAt: at, updatedAt: at })
      .catch((error: unknown) => rethrow(error, facts.email));
    return this.getInOrg(tx, orgId, identifiers[0]!.id as number);
  }

  /** Changes what is given. Throws a conflict where another customer of the organisation has the e-mail. */
  async update(
    tx: EntityManager,
    customer: Customer,
    facts: Partial<CustomerFields>,
    at: Date,
  ): Promise<Customer> {
    const { id, orgId } = customer;
    await tx
      .update(Customer, { id, orgId }, { ...facts, updatedAt: at })
      .catch((error: unknown) => rethrow(error, facts.email ?? customer.email));
    return this.getInOrg(tx, orgId, id);
  }

  async findInOrg(tx: EntityManager, orgId: number, id: number): Promise<Customer | null> {
    return tx.findOneBy(Customer, { orgId, id });
  }

  async getInOrg(tx: EntityManager, orgId: number, id: number): Promise<Customer> {
    const customer = await this.findInOrg(tx, orgId, id);
    if (!customer) throw notFound('customer', id);
    return customer;
  }

  /** The customer, locked against others until the transaction ends. */
  async getForUpdate(tx: EntityManager, orgId: number, id: number): Promise<Customer> {
    const customer = await tx.findOne(Customer, {
      where: { orgId, id },
      lock: { mode: 'for_no_key_update' },
    });
    if (!customer) throw notFound('customer', id);
    return customer;
  }

  /** Oldest first, from after `afterId`; one more than `limit`, so that a page knows of the next. */
  async list(
    tx: EntityManager,
    orgId: number,
    { limit, afterId, search }: { limit: number; afterId?: number; search?: string },
  ): Promise<Customer[]> {
    const query = tx
      .createQueryBuilder(Customer, 'customer')
      .where('customer.orgId = :orgId', { orgId })
      .orderBy('customer.id', 'ASC')
      .limit(limit + 1);
    if (afterId !== undefined) query.andWhere('customer.id > cast(:afterId as bigint)', { afterId });
    if (search !== undefined) {
      query.andWhere(
        `(strpos(lower(customer.email), lower(:search)) > 0 or strpos(lower(customer.fullName), lower(:search)) > 0
          or strpos(regexp_replace(customer.phone, '\\D', '', 'g'), cast(:digits as text)) > 0)`,
        { search, digits: phoneDigits(search) },
      );
    }
    return query.getMany();
  }
}

/** The digits of what looks like a part of a phone number, however it is written; null for any other text. */
function phoneDigits(search: string): string | null {
  const digits = search.replaceAll(/\D/g, '');
  return /^[\d\s().+/-]+$/.test(search) && digits.length >= 3 ? digits : null;
}

function rethrow(error: unknown, email: string): never {
  if (!violatesUnique(error, 'customers_org_email_key')) throw error;
  throw new DomainError(
    'conflict',
    'customer_email_taken',
    `There is a customer with the e-mail ${email} already. Use that one, or give this one another e-mail.`,
  );
}
