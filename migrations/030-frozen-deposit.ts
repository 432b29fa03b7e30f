import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Currencies that are charged in whole units. */
const WHOLE_UNITS = new Set('BIF CLP DJF GNF ISK JPY KMF KRW MGA PYG RWF UGX VND VUV XAF XOF XPF'.split(' '));

interface ApprovedRow {
  org_id: number;
  id: number;
  currency: string;
  total_cents: string;
  /** What the newest payment page asked for; null where none was opened. */
  asked_percent: string | null;
  asked_cents: string | null;
  /** What the organisation chose; null where it goes with the installation. */
  org_percent: string | null;
}

/**
 * The deposit that was approved stays the one that is asked for, whatever the setting says later. The fingerprint of an
 * approval covers it from version 2 on. An organisation may choose its currency, and that of the connected company is known.
 */
export class FrozenDeposit1787788800030 implements MigrationInterface {
  readonly name = 'FrozenDeposit1787788800030';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table leads
        add column deposit_percent numeric(5, 2),
        add column deposit_cents bigint,
        add constraint leads_deposit_positive check (deposit_cents > 0)`);
    await db.query(`
      create index refunds_requested_idx on refunds (updated_at) where state = 'requested'`);
    await db.query(`alter table proposal_approvals add column content_version smallint not null default 1`);
    await db.query(`
      alter table org_settings
        add column currency char(3),
        add column company_currency char(3),
        add constraint org_settings_currency_upper check (currency = upper(currency)),
        add constraint org_settings_company_currency_upper check (company_currency = upper(company_currency))`);
    const approved = (await db.query(`
      select l.org_id, l.id, l.currency, l.amount_cents as total_cents, c.deposit_percent as asked_percent,
             c.amount_cents as asked_cents, s.deposit_percent as org_percent
        from leads l
        left join org_settings s on s.org_id = l.org_id
        left join lateral (
          select deposit_percent, amount_cents from checkout_sessions c
           where c.org_id = l.org_id and c.proposal_id = l.id order by c.id desc limit 1) c on true
       where l.approved_at is not null and l.amount_cents > 0`)) as ApprovedRow[];
    for (const row of approved) {
      const percent = Number(row.asked_percent ?? row.org_percent ?? process.env.DEPOSIT_PERCENT ?? 30);
      const cents = row.asked_cents === null ? depositOf(row, percent) : Number(row.asked_cents);
      await db.query(
        'update leads set deposit_percent = $3, deposit_cents = $4 where org_id = $1 and id = $2',
        [row.org_id, row.id, percent, cents],
      );
    }
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table org_settings
        drop constraint org_settings_currency_upper,
        drop constraint org_settings_company_currency_upper,
        drop column currency,
        drop column company_currency`);
    await db.query('drop index refunds_requested_idx');
    await db.query('alter table proposal_approvals drop column content_version');
    await db.query(`
      alter table leads
        drop constraint leads_deposit_positive,
        drop column deposit_percent,
        drop column deposit_cents`);
  }
}

/** The deposit as it was asked for before it was kept: half up, at least 1.00, at most the total; null below that. */
function depositOf({ total_cents, currency }: ApprovedRow, percent: number): number | null {
  const total = BigInt(total_cents);
  const share = (total * BigInt(Math.round(percent * 100)) * 2n + 10_000n) / 20_000n;
  const wanted = share > 100n ? share : 100n;
  const step = WHOLE_UNITS.has(currency) ? 100n : 1n;
  const rounded = ((wanted * 2n + step) / (2n * step)) * step;
  const affordable = total - (total % step);
  const cents = rounded < affordable ? rounded : affordable;
  return cents > 0n ? Number(cents) : null;
}
