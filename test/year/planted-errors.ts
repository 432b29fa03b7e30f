import { vi } from 'vitest';
import { BillsRepository } from '../../src/bills/bills.repository.js';
import { MarginRepository } from '../../src/bills/margin/margin.repository.js';
import { ContractRecordsRepository } from '../../src/contracts/contract-records.repository.js';
import { InvoiceListRepository } from '../../src/invoices/invoice-list.repository.js';
import { PaymentsRepository } from '../../src/payments/ledger/payments.repository.js';
import { OpenDocumentsRepository } from '../../src/reports/aging/open-documents.repository.js';
import { StatementRepository } from '../../src/reports/statement/statement.repository.js';
import { OurIncomeRepository } from '../../src/revenue/compare/our-income.repository.js';
import { PackFiguresRepository } from '../../src/revenue/periods/pack-figures.repository.js';
import { RevenueSumsRepository } from '../../src/revenue/reports/revenue-sums.repository.js';
import { LAWS } from './laws.js';
import type { Moment, Year } from './year.js';

type Amounts = Record<string, number>;
type Rows = Amounts | Amounts[];

/** A cent too much in one of the product's figures, and the law that has to see it. */
interface PlantedError {
  law: string;
  of: object;
  method: string;
  /** The list of the answer whose rows are wrong, where they are not the answer itself. */
  list?: string;
  /** The amount that is wrong, in each row. */
  field: string;
}

const ERRORS: readonly PlantedError[] = [
  { law: 'earned', of: RevenueSumsRepository.prototype, method: 'listRevenue', field: 'earnedCents' },
  { law: 'received', of: RevenueSumsRepository.prototype, method: 'listRevenue', field: 'earnedCents' },
  { law: 'ledgerIncome', of: RevenueSumsRepository.prototype, method: 'listRevenue', field: 'earnedCents' },
  { law: 'deferred', of: RevenueSumsRepository.prototype, method: 'listDeferred', field: 'closingCents' },
  {
    law: 'deposits',
    of: ContractRecordsRepository.prototype,
    method: 'depositRefunds',
    field: 'refundedCents',
  },
  { law: 'receivables', of: OpenDocumentsRepository.prototype, method: 'sumCompany', field: 'cents' },
  { law: 'payables', of: BillsRepository.prototype, method: 'page', field: 'balanceCents' },
  { law: 'margin', of: MarginRepository.prototype, method: 'listRevenue', field: 'feesCents' },
  { law: 'margin', of: MarginRepository.prototype, method: 'listRevenue', field: 'revenueCents' },
  { law: 'bridge', of: OurIncomeRepository.prototype, method: 'list', field: 'cents' },
  { law: 'cashBridge', of: OurIncomeRepository.prototype, method: 'list', field: 'cents' },
  { law: 'gains', of: InvoiceListRepository.prototype, method: 'get', field: 'realisedGainCents' },
  { law: 'payments', of: PaymentsRepository.prototype, method: 'listOf', field: 'amountCents' },
  { law: 'statements', of: StatementRepository.prototype, method: 'list', field: 'amountCents' },
  { law: 'forecast', of: OpenDocumentsRepository.prototype, method: 'listDue', field: 'openCents' },
  {
    law: 'standings',
    of: ContractRecordsRepository.prototype,
    method: 'recordOf',
    list: 'invoices',
    field: 'totalCents',
  },
  { law: 'packs', of: PackFiguresRepository.prototype, method: 'listDocuments', field: 'cents' },
];

/** The laws that see a cent too much in what they are about, at a moment of a year. */
export async function seeingLaws(year: Year, moment: Moment): Promise<Set<string>> {
  const seeing = new Set<string>();
  for (const { law, of, method, list, field } of ERRORS) {
    const right = Reflect.get(of, method) as (...given: unknown[]) => Promise<unknown>;
    const wrong = vi.spyOn(of as Record<string, typeof right>, method);
    wrong.mockImplementation(async function (this: unknown, ...given) {
      const answer: unknown = await Reflect.apply(right, this, given);
      if (list === undefined) return withCentsMore(answer as Rows, field);
      const lists = answer as Record<string, Rows>;
      return { ...lists, [list]: withCentsMore(lists[list]!, field) };
    });
    try {
      if ((await LAWS[law]!(year, moment)).length > 0) seeing.add(law);
    } finally {
      wrong.mockRestore();
    }
  }
  return seeing;
}

function withCentsMore(rows: Rows, field: string): Rows {
  return Array.isArray(rows) ? rows.map((row) => withCentMore(row, field)) : withCentMore(rows, field);
}

function withCentMore(row: Amounts, field: string): Amounts {
  return { ...row, [field]: row[field]! + 1 };
}
