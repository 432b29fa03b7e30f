import { amountShown, checkCurrency, maximumOf } from './amount-limits.ts';
import { type Form, formAt, textAt } from './form.ts';
import { checkKnown, metadataAt, wholeNumber } from './parameters.ts';
import { StripeError, invalid, missing } from './stripe-error.ts';

/** One line of what a session sells, with the price it was given. `amount` is in integer minor units. */
export interface OrderedLine {
  amount: number;
  currency: string;
  name: string;
  description: string | null;
  productMetadata: Record<string, string>;
  quantity: number;
  taxBehavior: string;
  /** Of one piece, in minor units, with a fraction where it has one: `1234.5`. */
  unitAmount: string;
}

const LINE = new Set('adjustable_quantity metadata price price_data quantity tax_rates'.split(' '));
const PRICE_DATA = new Set(
  'currency product product_data recurring tax_behavior unit_amount unit_amount_decimal'.split(' '),
);
const PRODUCT_DATA = new Set('description images metadata name tax_code tax_details unit_label'.split(' '));

/** Refuses what Stripe does not know of a line, its price and its product. */
function checkWords(item: Form, at: string): void {
  checkKnown(item, LINE, at);
  const data = formAt(item, 'price_data');
  checkKnown(data, PRICE_DATA, `${at}[price_data]`);
  checkKnown(formAt(data, 'product_data'), PRODUCT_DATA, `${at}[price_data][product_data]`);
}

function quantityOf(item: Form, at: string): number {
  const text = textAt(item, 'quantity');
  if (text === undefined) throw invalid(at, `Quantity is required. Add \`quantity\` to \`${at}\``);
  const quantity = wholeNumber(text, `${at}[quantity]`);
  if (quantity < 1) throw invalid(`${at}[quantity]`, 'This value must be greater than or equal to 1.');
  return quantity;
}

/** What `unit_amount_decimal` may be cut into: twelve places after the point. */
const SCALE = 10n ** 12n;

/** Minor units of a decimal such as `1234.5`, times a million million. */
function scaled(text: string, param: string): bigint {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d{1,12}))?$/.exec(text) ?? [];
  if (whole === '')
    throw invalid(param, `Invalid decimal: ${text}; must contain at maximum 12 decimal places.`);
  const size = BigInt(whole) * SCALE + BigInt(fraction.padEnd(12, '0'));
  return sign === '-' ? -size : size;
}

/** The price of one piece as it was sent, whole or with a fraction; one of the two, not both. */
function unitAmountOf(data: Form, at: string): { text: string; size: bigint; param: string } {
  const [whole, decimal] = [textAt(data, 'unit_amount'), textAt(data, 'unit_amount_decimal')];
  if (whole !== undefined && decimal !== undefined)
    throw invalid(
      `${at}[price_data]`,
      'You may only specify one of these parameters: unit_amount, unit_amount_decimal.',
    );
  const param = `${at}[price_data][${decimal === undefined ? 'unit_amount' : 'unit_amount_decimal'}]`;
  const text = decimal ?? whole;
  if (text === undefined) throw missing(param);
  if (decimal === undefined) wholeNumber(text, param);
  const size = scaled(text, param);
  if (size < 0n) throw invalid(param, 'This value must be greater than or equal to 0.');
  return { text, size, param };
}

/** Half a minor unit is rounded up. */
function rounded(size: bigint): number {
  return Number((size + SCALE / 2n) / SCALE);
}

/** `1234.50` is shown as `1234.5`, `0100` as `100`. */
function shownDecimal(size: bigint): string {
  const fraction = String(size % SCALE)
    .padStart(12, '0')
    .replace(/0+$/, '');
  return `${size / SCALE}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Reads `line_items[n]`; throws a `StripeError` that names the wrong field. Pure. */
export function orderedLine(item: string | Form, index: number): OrderedLine {
  const at = `line_items[${index}]`;
  if (typeof item === 'string') throw invalid(at, 'Invalid object');
  checkWords(item, at);
  const price = textAt(item, 'price');
  if (price !== undefined)
    throw new StripeError(`No such price: '${price}'`, { code: 'resource_missing', param: `${at}[price]` });
  const data = formAt(item, 'price_data');
  const unit = unitAmountOf(data, at);
  const quantity = quantityOf(item, at);
  const currency = textAt(data, 'currency')?.toLowerCase();
  if (!currency) throw missing(`${at}[price_data][currency]`);
  checkCurrency(currency, `${at}[price_data][currency]`);
  const name = textAt(data, 'product_data', 'name');
  if (!name) throw missing(`${at}[price_data][product_data][name]`);
  if (rounded(unit.size) > maximumOf(currency))
    throw new StripeError(`Amount must be no more than ${amountShown(maximumOf(currency), currency)}`, {
      code: 'amount_too_large',
      param: unit.param,
    });
  return {
    amount: rounded(unit.size * BigInt(quantity)),
    currency,
    name,
    description: textAt(data, 'product_data', 'description') ?? null,
    productMetadata: metadataAt(
      formAt(data, 'product_data'),
      'metadata',
      `${at}[price_data][product_data][metadata]`,
    ),
    quantity,
    taxBehavior: textAt(data, 'tax_behavior') ?? 'unspecified',
    unitAmount: shownDecimal(unit.size),
  };
}
