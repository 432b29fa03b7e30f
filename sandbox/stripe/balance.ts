import { decimalsOf } from './amount-limits.ts';
import type { BalanceTransaction } from './balance-objects.ts';
import { newId } from './objects.ts';

const DAY_SECONDS = 86_400;
const DAYS_UNTIL_AVAILABLE = 2;

/** How an account is paid: fees in percent and minor units, and the currency its money settles in. */
export interface BalanceSettings {
  cardPercent: number;
  cardFixed: number;
  bankPercent: number;
  bankMaximum: number;
  disputeFee: number;
  /** Whether the fee of a dispute comes back when it is won. */
  returnsDisputeFee: boolean;
  /** Currencies with a bank account of their own; money in another settles in the first. */
  settlementCurrencies: readonly string[];
  /** Units of the first settlement currency for one of another, such as `{"eur": 1.1}`. */
  exchangeRates: Readonly<Record<string, number>>;
}

export function defaultBalanceSettings(): BalanceSettings {
  return {
    cardPercent: 2.9,
    cardFixed: 30,
    bankPercent: 0.8,
    bankMaximum: 500,
    disputeFee: 1500,
    returnsDisputeFee: false,
    settlementCurrencies: ['usd'],
    exchangeRates: {},
  };
}

export interface Movement {
  type: string;
  category: string;
  source: string | null;
  /** Minor units of `currency`, signed. */
  amount: number;
  currency: string;
  description?: string | null;
  /** Minor units of the settlement currency; positive takes from the account. */
  fee?: { amount: number; description: string } | undefined;
  /** Its money can be paid out at once. */
  isAvailable?: boolean;
}

/** The balance of a Stripe account: one transaction for everything that moved it. */
export class Balance {
  readonly transactions = new Map<string, BalanceTransaction>();
  settings: BalanceSettings = defaultBalanceSettings();
  readonly #now: () => number;

  /** `now` is in epoch seconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  reset(): void {
    this.transactions.clear();
    this.settings = defaultBalanceSettings();
  }

  /** The fee of a charge in minor units of the settlement currency. */
  feeOf(amount: number, method: string): number {
    const { bankMaximum, bankPercent, cardFixed, cardPercent } = this.settings;
    if (method === 'us_bank_account') return Math.min(Math.round((amount * bankPercent) / 100), bankMaximum);
    return Math.round((amount * cardPercent) / 100) + cardFixed;
  }

  /** An amount in the currency it settles in, and the rate it was converted at. */
  settled(amount: number, currency: string): { amount: number; currency: string; rate: number | null } {
    const { exchangeRates, settlementCurrencies } = this.settings;
    if (settlementCurrencies.includes(currency)) return { amount, currency, rate: null };
    const target = settlementCurrencies[0] ?? currency;
    const rate = exchangeRates[currency] ?? 1;
    const scale = 10 ** (decimalsOf(target) - decimalsOf(currency));
    return { amount: Math.round(amount * rate * scale), currency: target, rate };
  }

  record(movement: Movement): BalanceTransaction {
    const { amount, currency, rate } = this.settled(movement.amount, movement.currency);
    const fee = movement.fee?.amount ?? 0;
    const created = this.#now();
    const transaction: BalanceTransaction = {
      id: newId('txn'),
      object: 'balance_transaction',
      amount,
      available_on: movement.isAvailable ? created : created + DAYS_UNTIL_AVAILABLE * DAY_SECONDS,
      balance_type: 'payments',
      created,
      currency,
      description: movement.description ?? null,
      exchange_rate: rate,
      fee,
      fee_details: movement.fee
        ? [
            {
              amount: fee,
              application: null,
              currency,
              description: movement.fee.description,
              type: 'stripe_fee',
            },
          ]
        : [],
      net: amount - fee,
      reporting_category: movement.category,
      source: movement.source,
      status: movement.isAvailable ? 'available' : 'pending',
      type: movement.type,
    };
    this.transactions.set(transaction.id, transaction);
    return transaction;
  }

  /** Marks what has become available by the clock. */
  *all(): Generator<BalanceTransaction> {
    const now = this.#now();
    for (const transaction of this.transactions.values()) {
      if (transaction.available_on <= now) transaction.status = 'available';
      yield transaction;
    }
  }

  /** Sums by currency, as `GET /v1/balance` shows them. */
  summary(): object {
    const sums = (status: BalanceTransaction['status']): object[] => {
      const byCurrency = new Map<string, number>();
      for (const one of this.all())
        if (one.status === status)
          byCurrency.set(one.currency, (byCurrency.get(one.currency) ?? 0) + one.net);
      return [...byCurrency].map(([currency, amount]) => ({
        amount,
        currency,
        source_types: { card: amount },
      }));
    };
    return { object: 'balance', available: sums('available'), livemode: false, pending: sums('pending') };
  }
}
