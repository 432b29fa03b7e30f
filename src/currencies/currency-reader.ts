/** Reads from the vendor of the books by what a currency is judged. The room of that vendor provides it. */
export abstract class CurrencyReader {
  /** Has the company's settings, and today's rate of the currency, read anew. Throws VendorError where that fails. */
  abstract readFor(orgId: number, currency: string): Promise<void>;
}
