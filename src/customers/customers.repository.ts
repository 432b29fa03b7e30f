import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { findByKey } from '../platform/database/statements/find-by-key.js';
import { insertRow, updateRow } from '../platform/database/statements/written-rows.js';
import { containing, Parameters } from '../platform/database/statements/parameters.js';
import { violatesUnique } from '../platform/database/failures/sqlstate.js';
import { DomainError, notFound } from '../platform/errors/domain-error.js';
import {
  sortClauses,
  type SortedWindow,
  type SortKey,
  type SortPosition,
  sortsBy,
} from '../platform/http/lists/sorted-page.js';
import { Customer } from './customer.entity.js';
import { customerNameSql } from './customer-name-sql.js';
import { prepared } from '../platform/database/statements/prepared.js';

const NAME: SortKey = { sql: `lower(${customerNameSql('c')})`, type: 'text' };

/** What customers can be sorted by. */
export const CUSTOMER_SORT_KEYS: Readonly<Record<string, SortKey>> = {
  id: { sql: 'c.id', type: 'bigint' },
  name: NAME,
  full_name: NAME,
  email: { sql: 'lower(c.email)', type: 'text' },
  created_at: { sql: 'c.created_at', type: 'timestamptz' },
  updated_at: { sql: 'c.updated_at', type: 'timestamptz' },
};
export const CUSTOMER_SORTS = sortsBy('id', 'name', 'full_name', 'email', 'created_at', 'updated_at');

export interface CustomerFilter {
  /** Part of a name, an e-mail or a phone number. */
  search?: string;
  /** Tied to a customer in QuickBooks, or not. */
  linked?: boolean;
  isActive?: boolean;
}

/** A customer with what it is sorted by. */
export type ListedCustomer = Customer & SortPosition;

/** What a person may say about a customer; the qbo columns are not theirs to write. */
export type CustomerFields = Pick<
  Customer,
  'email' | 'fullName' | 'phone' | 'isActive' | 'billingAddress' | 'reminders'
>;

/** The customers table. Nothing is read or written without the organisation. */
@Injectable()
export class CustomersRepository {
  /** Adds a customer. Throws a conflict where the organisation has one with this e-mail. */
  async insert(tx: EntityManager, orgId: number, facts: CustomerFields, at: Date): Promise<Customer> {
    return insertRow(tx, Customer, { ...facts, orgId, createdAt: at, updatedAt: at }).catch(
      (error: unknown) => rethrow(error, facts.email),
    );
  }

  /** What a customer is called: by name, or else e-mail; null without one. */
  async nameOf(tx: EntityManager, orgId: number, id: number | null): Promise<string | null> {
    if (id === null) return null;
    const [customer] = await tx.query<{ name: string }[]>(
      prepared(`select ${customerNameSql('c')} as name from customers c where c.org_id = $1 and c.id = $2`),
      [orgId, id],
    );
    return customer?.name ?? null;
  }

  /** Changes what differs, if anything. Throws a conflict where another customer of the organisation has the e-mail. */
  async update(
    tx: EntityManager,
    customer: Customer,
    facts: Partial<CustomerFields>,
    at: Date,
  ): Promise<Customer> {
    const { id, orgId } = customer;
    if (isAsBefore(customer, facts)) return customer;
    return updateRow(tx, Customer, { orgId, id }, { ...facts, updatedAt: at }).catch((error: unknown) =>
      rethrow(error, facts.email ?? customer.email),
    );
  }

  async findInOrg(tx: EntityManager, orgId: number, id: number): Promise<Customer | null> {
    return findByKey(tx, Customer, { orgId, id });
  }

  async getInOrg(tx: EntityManager, orgId: number, id: number): Promise<Customer> {
    const customer = await this.findInOrg(tx, orgId, id);
    if (!customer) throw notFound('customer', id);
    return customer;
  }

  /**
   * The customer, whom nobody changes or erases until the transaction ends: for what is written about them. A lead or
   * proposal is locked before, as by who erases.
   */
  async getUnchanging(tx: EntityManager, orgId: number, id: number): Promise<Customer> {
    const customer = await tx.findOne(Customer, { where: { orgId, id }, lock: { mode: 'pessimistic_read' } });
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

  /** One more than `limit`, so that a page knows of the next. */
  async list(
    tx: EntityManager,
    orgId: number,
    filter: CustomerFilter,
    window: SortedWindow,
  ): Promise<ListedCustomer[]> {
    const { values, place } = new Parameters();
    const org = place(orgId);
    const { key, after, orderBy } = sortClauses(CUSTOMER_SORT_KEYS, window, place);
    const conditions = [after, ...conditionsOf(filter, place)];
    const rows = await tx.query<SortPosition[]>(
      `select c.id, ${key} as key from customers c
        where c.org_id = ${org} and ${conditions.join(' and ')}
        order by ${orderBy} limit ${place(window.limit + 1)}`,
      values,
    );
    const customers = await tx.findBy(Customer, { orgId, id: In(rows.map(({ id }) => id)) });
    const byId = new Map(customers.map((customer) => [customer.id, customer]));
    return rows.flatMap(({ id, key: at }) => {
      const customer = byId.get(id);
      return customer ? [Object.assign(customer, { key: at })] : [];
    });
  }
}

function conditionsOf(
  { search, linked, isActive }: CustomerFilter,
  place: (value: unknown) => string,
): string[] {
  const conditions: string[] = [];
  if (linked !== undefined) conditions.push(`(c.qbo_customer_id is not null) = ${place(linked)}`);
  if (isActive !== undefined) conditions.push(`c.is_active = ${place(isActive)}`);
  if (search !== undefined) {
    const pattern = place(containing(search));
    const texts = [`c.email ilike ${pattern}`, `c.full_name ilike ${pattern}`];
    const digits = phoneDigits(search);
    if (digits) texts.push(`regexp_replace(c.phone, '\\D', '', 'g') like ${place(containing(digits))}`);
    conditions.push(`(${texts.join(' or ')})`);
  }
  return conditions;
}

function isAsBefore(customer: Customer, facts: Partial<CustomerFields>): boolean {
  return Object.entries(facts).every(([field, value]) => customer[field as keyof CustomerFields] === value);
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
