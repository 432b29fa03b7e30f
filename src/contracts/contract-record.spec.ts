import { describe, expect, it } from 'vitest';
import { plannedContract } from './contract-record.js';

type Given = Parameters<typeof plannedContract>[0];
type Invoice = Given['invoices'][number];

const invoice = (kind: Invoice['kind'], taxCents: number | null): Invoice =>
  ({ id: 1, kind, sequence: 1, amountCents: 100_000, state: 'open', taxCents }) as unknown as Invoice;
const contract = (taxMode: 'qbo' | 'ours' | 'none', taxPercent = 8): Given['contract'] =>
  ({ taxMode, taxPercent, cancelledAt: null }) as unknown as Given['contract'];

describe('The work of a deposit that bears no tax', () => {
  it.each<{ what: string; taxMode: 'qbo' | 'ours' | 'none'; invoices: Invoice[]; isUntaxed: boolean }>([
    { what: 'no work is billed yet', taxMode: 'qbo', invoices: [invoice('deposit', 0)], isUntaxed: true },
    {
      what: 'QuickBooks put tax on work',
      taxMode: 'qbo',
      invoices: [invoice('final', 8_000)],
      isUntaxed: true,
    },
    { what: 'it put none', taxMode: 'qbo', invoices: [invoice('final', 0)], isUntaxed: false },
    { what: 'it has not answered yet', taxMode: 'qbo', invoices: [invoice('final', null)], isUntaxed: true },
    {
      what: 'somebody taxed the deposit',
      taxMode: 'qbo',
      invoices: [invoice('deposit', 800)],
      isUntaxed: false,
    },
    { what: 'the tax is ours', taxMode: 'ours', invoices: [], isUntaxed: true },
    { what: 'nothing is taxed', taxMode: 'none', invoices: [], isUntaxed: false },
  ])('is to be taxed by the final invoice: $isUntaxed, where $what', ({ taxMode, invoices, isUntaxed }) => {
    const planned = plannedContract({ contract: contract(taxMode), isComplete: true, invoices });
    expect(planned.isDepositUntaxed).toBe(isUntaxed);
  });
});
