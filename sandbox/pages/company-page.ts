import type { Company } from '../books/company.ts';
import { type Html, html } from './html.ts';
import {
  type CustomerRow,
  type InvoiceRow,
  type InvoiceState,
  CompanyRows,
  type PaymentRow,
} from './company-rows.ts';

/** Rows of one table at most; the API has the rest. */
const rowsMax = 100;

const tone: Record<InvoiceState, string> = {
  open: '',
  'partly paid': 'warn',
  overdue: 'bad',
  paid: 'good',
  voided: '',
  zero: '',
};

/** The start page: every company, and the books of the chosen one. */
export function companyPage(
  companies: readonly Company[],
  chosen: Company | undefined,
  notice: string,
): Html {
  return html`${notice && html`<p class="notice" role="status">${notice}</p>`}
    <h1>${chosen?.name ?? 'No company yet'}</h1>
    ${
      chosen
        ? html`<p class="quiet">Company ID <code>${chosen.realmId}</code> · today is ${chosen.today()}</p>`
        : html`<p>Open one with <code>POST /sandbox/companies</code>.</p>`
    }
    ${
      companies.length > 1 &&
      html`<p>
        ${companies
          .filter((company) => company !== chosen)
          .map((company) => html`<a href="/?realm=${company.realmId}">${company.name}</a> `)}
      </p>`
    }
    ${chosen && books(chosen)}`;
}

function books(company: Company): Html {
  const rows = new CompanyRows(company);
  return html`${invoices(company.realmId, rows.invoices())} ${payments(company.realmId, rows.payments())}
  ${customers(rows.customers())}`;
}

function invoices(realmId: string, rows: readonly InvoiceRow[]): Html {
  return html`<h2 id="invoices">Invoices</h2>
    ${
      rows.length === 0
        ? html`<p class="quiet">None yet.</p>`
        : html`<div class="sheet">
            <table class="stack">
              <thead>
                <tr>
                  <th>No.</th>
                  <th>Customer</th>
                  <th>State</th>
                  <th class="money">Total</th>
                  <th class="money">Balance</th>
                  <th>Due</th>
                  <th></th>
                </tr>
              </thead>
              <tbody>
                ${rows.slice(0, rowsMax).map((row) => invoice(realmId, row))}
              </tbody>
            </table>
          </div>`
    }
    ${more(rows.length)}`;
}

function invoice(realmId: string, row: InvoiceRow): Html {
  const path = `/pages/${realmId}/invoices/${row.id}`;
  return html`<tr data-invoice="${row.id}">
    <td data-label="No.">
      <a href="/pages/documents/Invoice/${row.id}?realm=${realmId}">${row.number || row.id}</a>
    </td>
    <td data-label="Customer">${row.customer}</td>
    <td data-label="State"><span class="tag ${tone[row.state]}">${row.state}</span></td>
    <td data-label="Total" class="money">${row.total}</td>
    <td data-label="Balance" class="money">${row.balance}</td>
    <td data-label="Due" class="date">${row.due}</td>
    <td class="acts">
      ${
        row.isPayable &&
        html`<form method="post" action="${path}/receive-payment">
          <input
            type="number"
            name="amount"
            step="any"
            min="0.01"
            value="${row.balanceAmount}"
            aria-label="Amount"
          />
          <button class="primary">Receive payment</button>
        </form>`
      }
      ${
        row.state !== 'voided' &&
        html`<form method="post" action="${path}/void"><button class="danger">Void</button></form>`
      }
    </td>
  </tr>`;
}

function payments(realmId: string, rows: readonly PaymentRow[]): Html {
  return html`<h2 id="payments">Payments</h2>
    ${
      rows.length === 0
        ? html`<p class="quiet">None yet.</p>`
        : html`<div class="sheet">
            <table class="stack">
              <thead>
                <tr>
                  <th>Id</th>
                  <th>Date</th>
                  <th>Customer</th>
                  <th>Pays invoice</th>
                  <th class="money">Amount</th>
                  <th class="money">Unapplied</th>
                  <th></th>
                </tr>
              </thead>
              <tbody>
                ${rows.slice(0, rowsMax).map((row) => payment(realmId, row))}
              </tbody>
            </table>
          </div>`
    }
    ${more(rows.length)}`;
}

function payment(realmId: string, row: PaymentRow): Html {
  return html`<tr data-payment="${row.id}">
    <td data-label="Id">${row.id}</td>
    <td data-label="Date" class="date">${row.date}</td>
    <td data-label="Customer">${row.customer}</td>
    <td data-label="Pays invoice">${row.pays || '—'}</td>
    <td data-label="Amount" class="money">${row.amount}</td>
    <td data-label="Unapplied" class="money">${row.unapplied}</td>
    <td class="acts">
      <form method="post" action="/pages/${realmId}/payments/${row.id}/delete">
        <button class="danger">Delete payment</button>
      </form>
    </td>
  </tr>`;
}

function customers(rows: readonly CustomerRow[]): Html {
  return html`<h2 id="customers">Customers</h2>
    ${
      rows.length === 0
        ? html`<p class="quiet">None yet.</p>`
        : html`<div class="sheet">
            <table class="stack">
              <thead>
                <tr>
                  <th>Id</th>
                  <th>Name</th>
                  <th>E-mail</th>
                  <th class="money">Balance</th>
                </tr>
              </thead>
              <tbody>
                ${rows.slice(0, rowsMax).map(
                  (row) =>
                    html`<tr>
                      <td data-label="Id">${row.id}</td>
                      <td data-label="Name">
                        ${row.name} ${!row.isActive && html`<span class="tag">inactive</span>`}
                      </td>
                      <td data-label="E-mail">${row.email || '—'}</td>
                      <td data-label="Balance" class="money">${row.balance}</td>
                    </tr>`,
                )}
              </tbody>
            </table>
          </div>`
    }
    ${more(rows.length)}`;
}

function more(count: number): Html {
  return count > rowsMax
    ? html`<p class="quiet small">The first ${rowsMax} of ${count}; the API has them all.</p>`
    : html``;
}
