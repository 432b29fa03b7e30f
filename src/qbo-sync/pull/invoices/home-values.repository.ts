import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { Changed, QboInvoice, QboPayment } from '../../api/model/qbo-objects.js';
import { isRated } from './home-values.js';

/**
 * What of an invoice is tax, and what invoices and payments in a foreign currency are worth in the home currency, by
 * the rates QuickBooks has on them: of what is written for no other reason.
 */
@Injectable()
export class HomeValuesRepository {
  async save(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    read: readonly QboInvoice[],
    payments: readonly Changed<QboPayment>[],
  ): Promise<void> {
    if (read.length > 0) {
      await tx.query(
        `update invoices i set tax_cents = new.tax
           from unnest($3::text[], $4::bigint[]) as new(id, tax)
          where i.org_id = $1 and i.qbo_realm_id = $2 and i.qbo_invoice_id = new.id
            and i.tax_cents is distinct from new.tax`,
        [orgId, realmId, read.map(({ id }) => id), read.map(({ taxCents }) => taxCents)],
      );
    }
    const invoices = read.filter(isRated);
    if (invoices.length > 0) {
      await tx.query(
        `update invoices i set exchange_rate = new.rate, home_total_cents = new.home
           from unnest($3::text[], $4::numeric[], $5::bigint[]) as new(id, rate, home)
          where i.org_id = $1 and i.qbo_realm_id = $2 and i.qbo_invoice_id = new.id
            and (i.exchange_rate is distinct from new.rate or i.home_total_cents is distinct from new.home)`,
        [
          orgId,
          realmId,
          invoices.map(({ id }) => id),
          invoices.map(({ exchangeRate }) => exchangeRate),
          invoices.map(({ homeTotalCents }) => homeTotalCents),
        ],
      );
    }
    const rated = payments.flatMap((one) => (one.deleted || !isRated(one.object) ? [] : [one.object]));
    if (rated.length > 0) {
      await tx.query(
        `update invoice_payments p set exchange_rate = new.rate
           from unnest($3::text[], $4::numeric[]) as new(id, rate)
          where p.org_id = $1 and p.realm_id = $2 and p.qbo_payment_id = new.id
            and p.exchange_rate is distinct from new.rate`,
        [orgId, realmId, rated.map(({ id }) => id), rated.map(({ exchangeRate }) => exchangeRate)],
      );
    }
  }
}
