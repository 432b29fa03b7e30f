import type { ComparedFacts } from '../../model/qbo-objects.js';
import { factsText } from './invoice-facts.js';
import { objectEnd } from './json-scan.js';

/** An amount as QuickBooks writes it, with as many digits as a number holds exactly. */
const AMOUNT_MAX = 13;
const [ZERO, NINE, DOT, QUOTE, BACKSLASH] = [0x30, 0x39, 0x2e, 0x22, 0x5c];
const NULL = 'null';
const DIGITS = /^\d{1,32}$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * The facts of invoices, picked out of the bytes of an answer. Promise: an invoice is answered only where a parser
 * would read the same facts; anything unusual (an escape, an exponent, a third decimal) is null.
 */
export class InvoiceGlance {
  /** Where the invoice ends that was looked at last; -1 where that was no object. */
  end = -1;
  private isUsual = true;
  private id = '';
  private syncToken = '';
  private totalCents = -1;
  private balanceCents = -1;
  private dueDate = '';
  private txnDate = '';
  private customerId = '';
  private docNumber: string | null = null;

  constructor(private readonly bytes: Buffer) {}

  /** The facts of the invoice that begins here. */
  at(start: number): ComparedFacts | null {
    this.isUsual = true;
    this.id = this.syncToken = this.dueDate = this.txnDate = this.customerId = '';
    this.totalCents = this.balanceCents = -1;
    this.docNumber = null;
    this.end = objectEnd(this.bytes, start, this.onField);
    if (this.end < 0 || !this.isUsual || this.totalCents < 0 || this.balanceCents < 0) return null;
    const { id, syncToken, totalCents, balanceCents, dueDate, txnDate, customerId, docNumber } = this;
    if (id === '' || syncToken === '' || customerId === '') return null;
    const facts = factsText(syncToken, totalCents, balanceCents, dueDate, txnDate, customerId);
    return { id, facts, docNumber };
  }

  /** As a parser does, the last of several fields of a name counts. */
  private readonly onField = (from: number, to: number, start: number, end: number): void => {
    switch (to - from) {
      case 2:
        if (this.isNamed(from, 'Id')) this.id = this.digits(start, end);
        return;
      case 7:
        if (this.isNamed(from, 'Balance')) this.balanceCents = this.cents(start, end);
        else if (this.isNamed(from, 'DueDate')) this.dueDate = this.day(start, end);
        else if (this.isNamed(from, 'TxnDate')) this.txnDate = this.day(start, end);
        return;
      case 8:
        if (this.isNamed(from, 'TotalAmt')) this.totalCents = this.cents(start, end);
        return;
      case 9:
        if (this.isNamed(from, 'SyncToken')) this.syncToken = this.digits(start, end);
        else if (this.isNamed(from, 'DocNumber')) this.docNumber = this.optionalText(start, end);
        return;
      case 11:
        if (this.isNamed(from, 'CustomerRef')) this.customerId = this.reference(start);
        return;
      default:
        this.checkName(from, to);
    }
  };

  private readonly onReferenceField = (from: number, to: number, start: number, end: number): void => {
    if (to - from === 5 && this.isNamed(from, 'value')) this.customerId = this.text(start, end);
    else this.checkName(from, to);
  };

  private reference(start: number): string {
    this.customerId = '';
    if (objectEnd(this.bytes, start, this.onReferenceField) < 0) this.isUsual = false;
    return this.customerId;
  }

  private isNamed(from: number, name: string): boolean {
    for (let at = 0; at < name.length; at += 1) {
      const byte = this.bytes[from + at]!;
      if (byte === BACKSLASH) this.isUsual = false;
      if (byte !== name.charCodeAt(at)) return false;
    }
    return true;
  }

  /** A name that is escaped may be one of those that count. */
  private checkName(from: number, to: number): void {
    for (let at = from; at < to; at += 1) if (this.bytes[at] === BACKSLASH) this.isUsual = false;
  }

  private optionalText(start: number, end: number): string | null {
    const isNull = end - start === NULL.length && this.isNamed(start, NULL);
    return isNull ? null : this.text(start, end);
  }

  private digits(start: number, end: number): string {
    const text = this.text(start, end);
    return DIGITS.test(text) ? text : this.unusual('');
  }

  private day(start: number, end: number): string {
    const text = this.optionalText(start, end);
    return text === null ? '' : DAY.test(text) ? text : this.unusual('');
  }

  /** Plain ASCII alone. */
  private text(start: number, end: number): string {
    if (this.bytes[start] !== QUOTE) return this.unusual('');
    for (let at = start + 1; at < end - 1; at += 1) {
      const byte = this.bytes[at]!;
      if (byte === BACKSLASH || byte >= 0x7f) return this.unusual('');
    }
    return this.bytes.toString('latin1', start + 1, end - 1);
  }

  private cents(start: number, end: number): number {
    let cents = 0;
    let decimals = -1;
    if (end - start > AMOUNT_MAX) return this.unusual(-1);
    for (let at = start; at < end; at += 1) {
      const byte = this.bytes[at]!;
      if (byte === DOT && decimals < 0) decimals = 0;
      else if (byte < ZERO || byte > NINE || decimals === 2) return this.unusual(-1);
      else {
        cents = cents * 10 + byte - ZERO;
        if (decimals >= 0) decimals += 1;
      }
    }
    return decimals === 1 ? cents * 10 : decimals === 2 ? cents : cents * 100;
  }

  private unusual<T>(value: T): T {
    this.isUsual = false;
    return value;
  }
}
