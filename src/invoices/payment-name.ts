import { isolatedText } from '../platform/text/isolated-text.js';
import type { NamedKey } from './invoice-key.js';

/**
 * `deposit`, `progress payment 2`, `payment for change order 1`, `final payment`, `retainage`: what is paid by an
 * invoice, after a word such as `your`.
 */
export function paymentName({ kind, sequence, change }: NamedKey): string {
  if (change !== null) return `payment for change order ${change.number}`;
  switch (kind) {
    case 'deposit':
      return 'deposit';
    case 'progress':
      return `progress payment ${sequence}`;
    case 'final':
      return sequence === 1 ? 'final payment' : `final payment ${sequence}`;
    case 'retainage':
      return 'retainage';
    default:
      return kind satisfies never;
  }
}

/** By itself or at the beginning of a line: `Progress payment 2`, `Change order 1: Two skylights`. */
export function paymentTitle(key: NamedKey): string {
  const { change } = key;
  if (change !== null) return `Change order ${change.number}: ${isolatedText(change.description)}`;
  return upperFirst(paymentName(key));
}

/** Inside a sentence: `the deposit`, `progress payment 2`, `change order 1`. */
export function thePayment(key: NamedKey): string {
  if (key.change !== null) return `change order ${key.change.number}`;
  return key.kind === 'progress' ? paymentName(key) : `the ${paymentName(key)}`;
}

/** At the beginning of a sentence to the customer: `Your deposit`, `Progress payment 2`, `Change order 1`. */
export function yourPayment(key: NamedKey): string {
  return key.kind === 'progress' ? upperFirst(thePayment(key)) : `Your ${paymentName(key)}`;
}

function upperFirst(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
