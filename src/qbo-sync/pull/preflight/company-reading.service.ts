import { Injectable } from '@nestjs/common';
import { QboError } from '../../api/errors/qbo-error.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { pagesOf } from '../../api/page-walk.js';
import { QboClient } from '../../api/qbo.client.js';
import type { CompanyReading } from './preflight-facts.js';

/**
 * Reads what a company says of itself: six metered reads, and one more each for several currencies, classes and
 * locations.
 */
@Injectable()
export class CompanyReadingService {
  constructor(private readonly client: QboClient) {}

  /** What the person who connected may not read is null. Throws QboError where QuickBooks does not answer. */
  async read(company: QboCompany, itemName: string): Promise<{ reading: CompanyReading; reads: number }> {
    let reads = 0;
    const asked = async <T>(read: Promise<T>): Promise<T | null> => {
      try {
        const answer = await read;
        reads += 1;
        return answer;
      } catch (error) {
        if (error instanceof QboError && error.kind === 'forbidden') return null;
        throw error;
      }
    };
    const [preferences, info, chart, item, taxCodes, terms] = await Promise.all([
      asked(this.client.company.preferences(company)),
      asked(this.client.company.info(company)),
      asked(this.client.accounts.list(company)),
      asked(this.item(company, itemName)),
      asked(this.client.company.listTaxCodes(company)),
      asked(this.client.company.listTerms(company)),
    ]);
    const accounts = chart && chart.read;
    if (chart) reads += pagesOf(chart.read.length + chart.unreadable.length) - 1;
    const listed = preferences?.multiCurrency
      ? await asked(this.client.company.listActiveCurrencies(company))
      : [];
    const activeCurrencies = (listed ?? []).filter((code) => code !== preferences?.homeCurrency);
    const tracksClasses = preferences?.classPerTransaction || preferences?.classPerLine;
    const classes = tracksClasses ? await asked(this.client.company.listClasses(company)) : null;
    const tracksLocations = preferences?.tracksLocations;
    const locations = tracksLocations ? await asked(this.client.company.listLocations(company)) : null;
    const lists = { taxCodes, activeCurrencies, terms, classes, locations };
    return { reading: { preferences, info, accounts, item, ...lists }, reads };
  }

  /** One that cannot be read keeps nothing else from being checked. */
  private async item(company: QboCompany, name: string): Promise<CompanyReading['item']> {
    try {
      return await this.client.items.findByName(company, name);
    } catch (error) {
      if (error instanceof QboError && error.kind === 'malformed') return 'unreadable';
      throw error;
    }
  }
}
