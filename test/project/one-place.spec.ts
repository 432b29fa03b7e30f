import { describe, expect, it } from 'vitest';
import { customerNameSql } from '../../src/customers/customer-name-sql.js';
import { inHandSql, maybeDoneSql, openOperationSql } from '../../src/qbo-sync/operations/operation-state.js';
import { sourcesOf } from '../docs/language.js';

const product = sourcesOf('src').filter(({ path }) => !path.endsWith('.spec.ts'));

/** The files of the product, of those whose path is like this, in which something stands. */
function filesWith(pattern: RegExp, path = /\.ts$/): string[] {
  return product.filter((file) => path.test(file.path) && pattern.test(file.text)).map((file) => file.path);
}

describe('What is decided in one place', () => {
  it('is what a day in a body or a query may be', () => {
    const ownWay = /\bisCalendarDay\b/;
    expect(filesWith(ownWay, /\.dto\.ts$/)).toEqual([]);
    expect(filesWith(ownWay)).toContain('src/platform/http/decorators/calendar-day.decorator.ts');
  });

  it('is which invoices stand, and which refunds took money away, in SQL as in TypeScript', () => {
    expect(filesWith(/not in \('voided', ?'deleted'\)/)).toEqual(['src/invoices/invoice-state.ts']);
    expect(filesWith(/in \('pending', ?'succeeded'\)/)).toEqual([
      'src/payments/ledger/refunds/refund-state.ts',
    ]);
    expect(filesWith(/in \('open', ?'partially_paid', ?'overdue'\)/)).toEqual([
      'src/invoices/invoice-state.ts',
    ]);
  });

  it('is how long a day is, and what an instant is that is so much later', () => {
    expect(filesWith(/\b86_400(?:_000)?\b/)).toEqual(['src/platform/time/after.ts']);
    expect(filesWith(/new Date\([\w.!()]+\.getTime\(\) [-+]/)).toEqual(['src/platform/time/after.ts']);
  });

  it('is what is shown of a thing: in its view, while its DTO says of which form that is', () => {
    const makesView = /^export function \w+View\(/m;
    expect(filesWith(makesView).filter((path) => !path.endsWith('.view.ts'))).toEqual([]);
    expect(filesWith(makesView).length).toBeGreaterThan(20);
  });

  it('is the greatest amount of a line, a payment or an entry', () => {
    expect(filesWith(/10 \*\* 13\b/)).toEqual(['src/platform/money/cents.ts']);
  });

  it('is what a page is, by its content type', () => {
    expect(filesWith(/text\/html; /)).toEqual(['src/platform/http/pages/html.ts']);
  });

  it('is what a customer is called, in SQL', () => {
    expect(filesWith(/coalesce\(\w*\.?full_name, ?\w*\.?email/)).toEqual([]);
    expect(customerNameSql('c', 'l.name')).toBe('coalesce(c.full_name, c.email, l.name)');
  });

  it('is which states of an operation stand together, in SQL as in TypeScript', () => {
    const together =
      /in \([^)]*'(held_back|uncertain|needs_person)'|\bin \('waiting', ?'ready'|'ready', ?'sent', ?'uncertain'/;
    expect(filesWith(together)).toEqual([]);
    expect(`o.${openOperationSql()} or o.${inHandSql()} or o.${maybeDoneSql()}`).toMatch(together);
  });

  it('is which payments are in the books: by a view, so that few rooms know the operations of QuickBooks', () => {
    const files = filesWith(/\bsync_operations\b/).filter((path) => !path.startsWith('src/qbo-sync/'));
    expect(new Set(files.map((path) => path.split('/')[1]))).toEqual(
      new Set(['alerts', 'contracts', 'customers', 'invoices', 'jobs', 'privacy', 'restore', 'revenue']),
    );
    expect(filesWith(/\brecorded_payments\b/).length).toBeGreaterThan(5);
  });

  it('is what is asked of the database: repositories alone speak to it, beside the queue and the ground', () => {
    const byEntity = 'find|count|exists|insert|upsert|update|delete|save';
    const asks = new RegExp(
      `\\.query[<(]|\\bcreateQueryBuilder\\b|\\b(?:tx|manager|dataSource)\\.(?:${byEntity})\\w*[<(]`,
    );
    const mayAsk = /\.repository\.ts$|^src\/(jobs|platform\/database)\//;
    expect(filesWith(asks).filter((path) => !mayAsk.test(path))).toEqual([]);
    expect(filesWith(asks).length).toBeGreaterThan(50);
  });
});
