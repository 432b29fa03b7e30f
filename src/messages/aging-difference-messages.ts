const MEANINGS = {
  other_company: 'An invoice of ours in the books of a company of QuickBooks that was connected before',
  not_ours: 'An invoice that is not of our proposals',
  journal_entry: 'A journal entry on the receivables account',
  unapplied_payment: 'A payment, or a part of one, that is on no invoice',
  credit_memo: 'A credit memo that is not used up',
  bank_entry: 'A deposit or an expense that was booked on the receivables account',
  void_or_delete: 'An invoice that was voided or deleted in QuickBooks, which the CRM has not seen yet',
  edited_in_quickbooks: 'An invoice whose amount was changed in QuickBooks by hand',
  back_dated_payment:
    'A payment that was entered after the day it is dated, and that the CRM has not seen yet',
  payment_removed: 'A payment that was taken off the invoice in QuickBooks',
  not_yet_seen: 'A change in QuickBooks that the CRM has not seen yet',
  not_in_quickbooks: 'An invoice of the CRM that QuickBooks does not have',
  renamed_customer: 'A customer that was renamed in QuickBooks; the amounts are the same',
  other_customer:
    'The same amount under another customer, as QuickBooks bills sub-customers with their parent',
  date_shift: 'The same amount in another column, because the due day is another',
  rounding_home: "Cents of rounding between a foreign currency and the company's own",
  report_engine: "The rows of QuickBooks' own report do not add up to its total",
} as const;

/** What a reason of a difference between the CRM's receivables and QuickBooks' report means, as a clause. */
export function differenceMeaning(reason: keyof typeof MEANINGS): string {
  return MEANINGS[reason];
}
