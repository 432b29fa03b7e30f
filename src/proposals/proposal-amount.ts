import type { FieldError } from '../platform/errors/domain-error.js';
import { CENTS_MAX, lineAmountCents, sumCents } from '../platform/money/cents.js';
import { chargeStepCents } from '../platform/money/charge-amount.js';

/** What is offered on one line. Quantities have up to four decimals; a negative price is a discount. */
export interface OfferedLine {
  description: string;
  quantity: number;
  unitPriceCents: number;
}

/** A line as it is asked for over HTTP. */
export function offeredLine(line: {
  description: string;
  quantity: number;
  unit_price_cents: number;
}): OfferedLine {
  return { description: line.description, quantity: line.quantity, unitPriceCents: line.unit_price_cents };
}

export interface PricedLine extends OfferedLine {
  amountCents: number;
}

export type Pricing =
  | { ok: true; lines: PricedLine[]; totalCents: number }
  /** Each at its line and field. */
  | { ok: false; problems: FieldError[] };

/**
 * Prices each line half up to what its currency can be paid in (the cent, the whole yen) and adds them up; the total is
 * the sum of the rounded lines. A unit price may be finer. Pure. Answers the fields at fault where an amount is out of
 * range or discounts take more than there is.
 */
export function priceLines(lines: readonly OfferedLine[], currency: string): Pricing {
  const pricing = priceChange(lines, currency);
  if (pricing.ok && pricing.totalCents < 0) return refused('the discounts must not exceed what is offered');
  return pricing;
}

/** The same for a change of what was offered, which may come to less than nothing. */
export function priceChange(lines: readonly OfferedLine[], currency: string): Pricing {
  const problems = lines.flatMap((line, index) => tooLarge(line, `lines.${index}.unit_price_cents`));
  if (problems.length > 0) return { ok: false, problems };
  const priced = lines.map((line) => ({
    ...line,
    amountCents: lineAmountCents(line.quantity, line.unitPriceCents, chargeStepCents(currency)),
  }));
  const totalCents = sumCents(priced.map((line) => line.amountCents));
  if (Math.abs(totalCents) > CENTS_MAX) return refused(`the total must not be more than ${CENTS_MAX} cents`);
  return { ok: true, lines: priced, totalCents };
}

function tooLarge(line: OfferedLine, field: string): FieldError[] {
  if (Math.abs(line.quantity * line.unitPriceCents) <= CENTS_MAX) return [];
  return [{ field, message: `quantity times unit price must not be more than ${CENTS_MAX} cents` }];
}

function refused(message: string): Pricing {
  return { ok: false, problems: [{ field: 'lines', message }] };
}
