import type { Company } from '../books/company.ts';
import { escaped } from '../xml/markup.ts';
import type { Call } from './api-call.ts';

const PLAN = 'QuickBooks Online Plus';
const USERS_MAX = 5;

/** What the subscription allows, by the number Intuit gives each. */
const ENTITLEMENTS: readonly (readonly [id: string, name: string, isOn: (company: Company) => boolean])[] = [
  ['1', 'Account Transactions', () => true],
  ['2', 'Class Tracking', () => true],
  ['3', 'Location Tracking', () => true],
  ['4', 'Inventory', () => true],
  ['5', 'Multi-currency', (company) => company.isMultiCurrency],
];

function asXml(company: Company): string {
  const on = (value: boolean): string => (value ? 'On' : 'Off');
  const list = ENTITLEMENTS.map(
    ([id, name, isOn]) =>
      `<Entitlement id="${id}"><name>${escaped(name)}</name><term>${on(isOn(company))}</term></Entitlement>`,
  );
  return (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><EntitlementsResponse>' +
    `<QboCompany>true</QboCompany><PlanName>${PLAN}</PlanName><MaxUsers>${USERS_MAX}</MaxUsers>` +
    `<CurrentUsers>1</CurrentUsers>${list.join('')}</EntitlementsResponse>`
  );
}

function asJson(company: Company): string {
  const Entitlement = ENTITLEMENTS.map(([id, name, isOn]) => ({
    id,
    name,
    term: isOn(company) ? 'On' : 'Off',
  }));
  return JSON.stringify({
    QboCompany: true,
    PlanName: PLAN,
    MaxUsers: USERS_MAX,
    CurrentUsers: 1,
    Entitlement,
  });
}

/** `GET /manage/entitlements/v3/{realm}`: what the company's plan has, in XML unless JSON is asked for. */
export function entitlementsCall(accept: string): Call {
  const isJson = /json/i.test(accept);
  return {
    operation: 'entitlements.read',
    writes: false,
    isBatch: false,
    run: (company) => ({
      body: {},
      document: Buffer.from(isJson ? asJson(company) : asXml(company)),
      contentType: isJson ? 'application/json;charset=UTF-8' : 'application/xml;charset=UTF-8',
      reads: 1,
    }),
  };
}
