import { Injectable } from '@nestjs/common';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import { QboError } from './errors/qbo-error.js';
import type { SdkCall } from './http/sdk.client.js';
import { ACTIVE_OR_NOT, ALL_ROWS, where } from './mappers/queries/criteria.js';
import {
  COMPANY_CURRENCY,
  COMPANY_INFO,
  CLASS,
  EXCHANGE_RATE,
  LOCATION,
  PREFERENCES,
  TAX_CODE,
  TERM,
} from './mappers/reading/entities.js';
import { readRows, readOne } from './mappers/reading/response-parser.js';
import type { QboCompany } from './model/qbo-company.js';
import type {
  QboCompanyInfo,
  QboDimension,
  QboExchangeRate,
  QboPreferences,
  QboTaxCode,
  QboTerm,
} from './model/qbo-company-objects.js';
import { EntityCallsService } from './pipeline/entity-calls.service.js';
import type { CallOptions, QboCall } from './pipeline/qbo-http-pipeline.service.js';

/** What a company says of itself: its name, preferences, currencies, rates, tax codes, terms, classes
 * and locations. Throws QboError. */
@Injectable()
export class QboCompanyClient {
  constructor(private readonly calls: EntityCallsService) {}

  info(company: QboCompany, options?: CallOptions): Promise<QboCompanyInfo> {
    return this.calls.read(company, companyInfoCall(company), options);
  }

  /** The company's own word on who it is, asked with a token that is not stored yet. */
  infoWith(company: QboCompany, accessToken: string): Promise<QboCompanyInfo> {
    return this.calls.readWithToken(company, accessToken, companyInfoCall(company));
  }

  preferences(company: QboCompany, options?: CallOptions): Promise<QboPreferences> {
    return this.calls.read(company, preferencesCall(), options);
  }

  /** The same, asked with a token that is not stored yet. */
  preferencesWith(company: QboCompany, accessToken: string): Promise<QboPreferences> {
    return this.calls.readWithToken(company, accessToken, preferencesCall());
  }

  /** The codes of the currencies that are active on the company's list. */
  listActiveCurrencies(company: QboCompany, options?: CallOptions): Promise<string[]> {
    return this.calls.read(company, activeCurrenciesCall(), options);
  }

  /** The same, asked with a token that is not stored yet. */
  listActiveCurrenciesWith(company: QboCompany, accessToken: string): Promise<string[]> {
    return this.calls.readWithToken(company, accessToken, activeCurrenciesCall());
  }

  /** The rate of a currency that was in force on a day; it may be of an earlier one. Null where there is none. */
  async exchangeRate(
    company: QboCompany,
    currency: string,
    day: CalendarDay,
    options?: CallOptions,
  ): Promise<QboExchangeRate | null> {
    const send: SdkCall = (sdk, done) =>
      sdk.getExchangeRate({ sourcecurrencycode: currency, asofdate: day }, done);
    try {
      return await this.calls.one(company, 'exchangerate.read', EXCHANGE_RATE, send, options);
    } catch (error) {
      if (error instanceof QboError && error.kind === 'not_found') return null;
      throw error;
    }
  }

  listTaxCodes(company: QboCompany, options?: CallOptions): Promise<QboTaxCode[]> {
    const criteria = where([ACTIVE_OR_NOT], ALL_ROWS);
    const send: SdkCall = (sdk, done) => sdk.findTaxCodes(criteria, done);
    return this.readable(company, 'taxcode.query', TAX_CODE, send, options);
  }

  listClasses(company: QboCompany, options?: CallOptions): Promise<QboDimension[]> {
    const criteria = where([ACTIVE_OR_NOT], ALL_ROWS);
    const send: SdkCall = (sdk, done) => sdk.findClasses(criteria, done);
    return this.dimensions(company, 'class.query', CLASS, send, options);
  }

  listLocations(company: QboCompany, options?: CallOptions): Promise<QboDimension[]> {
    const criteria = where([ACTIVE_OR_NOT], ALL_ROWS);
    const send: SdkCall = (sdk, done) => sdk.findDepartments(criteria, done);
    return this.dimensions(company, 'location.query', LOCATION, send, options);
  }

  listTerms(company: QboCompany, options?: CallOptions): Promise<QboTerm[]> {
    const criteria = where([ACTIVE_OR_NOT], ALL_ROWS);
    const send: SdkCall = (sdk, done) => sdk.findTerms(criteria, done);
    return this.readable(company, 'term.query', TERM, send, options);
  }

  /** The rows of a list, but for those that cannot be read: they are logged, and keep no other from its use. */
  private async readable<T>(...asked: Parameters<typeof this.calls.rows<T>>): Promise<T[]> {
    return (await this.calls.rows(...asked)).read;
  }

  /** The same, with those that cannot be read by their ids: one that is chosen for invoices is there. */
  private async dimensions(
    ...asked: Parameters<typeof this.calls.rows<QboDimension>>
  ): Promise<QboDimension[]> {
    const { read, unreadable } = await this.calls.rows(...asked);
    return [...read, ...unreadable.map(({ id }) => ({ id, name: id, active: true }))];
  }
}

function activeCurrenciesCall(): QboCall<string[]> {
  const criteria = where([['Active', true]], ALL_ROWS);
  return {
    operation: 'currency.query',
    send: (sdk, done) => sdk.findCompanyCurrencies(criteria, done),
    read: (body) =>
      readRows(body, COMPANY_CURRENCY).read.flatMap(({ code, active }) => (active ? [code] : [])),
  };
}

function preferencesCall(): QboCall<QboPreferences> {
  return {
    operation: 'preferences.read',
    send: (sdk, done) => sdk.getPreferences(done),
    read: (body) => readOne(body, PREFERENCES),
  };
}

function companyInfoCall({ realmId }: QboCompany): QboCall<QboCompanyInfo> {
  return {
    operation: 'companyinfo.read',
    send: (sdk, done) => sdk.getCompanyInfo(realmId, done),
    read: (body) => readOne(body, COMPANY_INFO),
  };
}
