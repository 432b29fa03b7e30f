import type { Company } from '../books/company.ts';
import { type Body, partOf, refOf, rowsOf, textOf } from '../books/json.ts';
import { amountText, minorOf } from '../books/money.ts';
import { currencyOf } from '../books/currency-of.ts';

/** How an invoice stands, as a bookkeeper would say it. */
export type InvoiceState = 'open' | 'partly paid' | 'overdue' | 'paid' | 'voided' | 'zero';

export interface InvoiceRow {
  id: string;
  number: string;
  customer: string;
  date: string;
  due: string;
  total: string;
  balance: string;
  /** The bare number, for a form's field. */
  balanceAmount: string;
  state: InvoiceState;
  isPayable: boolean;
}

export interface PaymentRow {
  id: string;
  date: string;
  customer: string;
  amount: string;
  unapplied: string;
  /** Numbers of the invoices it pays. */
  pays: string;
}

export interface CustomerRow {
  id: string;
  name: string;
  email: string;
  balance: string;
  isActive: boolean;
}

function amountOf(body: Body, field: string): number {
  return Number(textOf(body, field) ?? 0);
}

/** Judged by the invoice's own fields; `today` is the company's date. Pure. */
export function invoiceStateOf(invoice: Body, today: string): InvoiceState {
  const [total, balance] = [amountOf(invoice, 'TotalAmt'), amountOf(invoice, 'Balance')];
  if (total === 0 && balance === 0)
    return (textOf(invoice, 'PrivateNote') ?? '').includes('Voided') ? 'voided' : 'zero';
  if (balance === 0) return 'paid';
  if ((textOf(invoice, 'DueDate') ?? today) < today) return 'overdue';
  return balance < total ? 'partly paid' : 'open';
}

/** A company's books as its page shows them, newest transactions first. */
export class CompanyRows {
  readonly #company: Company;
  readonly #names: Map<string, string>;

  constructor(company: Company) {
    this.#company = company;
    this.#names = new Map(
      company.store
        .all('Customer')
        .map((customer) => [textOf(customer, 'Id') ?? '', textOf(customer, 'DisplayName') ?? '']),
    );
  }

  customers(): CustomerRow[] {
    return this.#company.store.all('Customer').map((customer) => ({
      id: textOf(customer, 'Id') ?? '',
      name: textOf(customer, 'DisplayName') ?? '',
      email: textOf(partOf(customer, 'PrimaryEmailAddr'), 'Address') ?? '',
      balance: this.#money(customer, 'Balance'),
      isActive: customer['Active'] !== false,
    }));
  }

  invoices(): InvoiceRow[] {
    const today = this.#company.today();
    return this.#newestFirst('Invoice').map((invoice) => {
      const state = invoiceStateOf(invoice, today);
      const currency = currencyOf(invoice);
      return {
        id: textOf(invoice, 'Id') ?? '',
        number: textOf(invoice, 'DocNumber') ?? '—',
        customer: this.#customerOf(invoice),
        date: textOf(invoice, 'TxnDate') ?? '',
        due: textOf(invoice, 'DueDate') ?? '',
        total: this.#money(invoice, 'TotalAmt'),
        balance: this.#money(invoice, 'Balance'),
        balanceAmount: amountText(
          minorOf(invoice['Balance'], currency),
          currency,
          this.#company.store.decimals,
        ),
        state,
        isPayable: amountOf(invoice, 'Balance') > 0,
      };
    });
  }

  payments(): PaymentRow[] {
    return this.#newestFirst('Payment').map((payment) => ({
      id: textOf(payment, 'Id') ?? '',
      date: textOf(payment, 'TxnDate') ?? '',
      customer: this.#customerOf(payment),
      amount: this.#money(payment, 'TotalAmt'),
      unapplied: this.#money(payment, 'UnappliedAmt'),
      pays: rowsOf(payment, 'Line')
        .flatMap((line) => rowsOf(line, 'LinkedTxn'))
        .filter((link) => textOf(link, 'TxnType') === 'Invoice')
        .map((link) => this.#numberOf(textOf(link, 'TxnId')))
        .join(', '),
    }));
  }

  #newestFirst(entity: 'Invoice' | 'Payment'): Body[] {
    return this.#company.store.all(entity).toReversed();
  }

  #customerOf(transaction: Body): string {
    return this.#names.get(refOf(transaction, 'CustomerRef') ?? '') ?? '';
  }

  #numberOf(invoiceId: string | undefined): string {
    return textOf(this.#company.store.find('Invoice', invoiceId), 'DocNumber') ?? `Id ${invoiceId}`;
  }

  #money(body: Body, field: string): string {
    const currency = refOf(body, 'CurrencyRef') ?? this.#company.homeCurrency;
    return new Intl.NumberFormat('en-US', { style: 'currency', currency }).format(amountOf(body, field));
  }
}
