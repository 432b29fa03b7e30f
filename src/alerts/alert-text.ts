import { momentText, monthText } from '../messages/format.js';
import { whyAddress } from '../messages/why-address.js';
import { cutText } from '../platform/text/cut-text.js';
import type { Audience, Incident } from './incident.js';

const LINES_MAX = 20;
const LINE_MAX = 600;

/** A message about one incident or several of one organisation. */
export interface AlertText {
  subject: string;
  /** Plain sentences, one paragraph for each incident: who, what, since when, what to do. */
  body: string;
}

/** What people are told of these incidents, each as it stands now. Pure; holds no secret and no vendor token. */
export function alertText(incidents: readonly Incident[], { orgName, timeZone }: Audience): AlertText {
  const name = line(orgName);
  const lines = incidents
    .slice(0, LINES_MAX)
    .map((incident) => line(`${name}: ${sentencesOf(incident, timeZone)}`));
  const left = incidents.length - lines.length;
  if (left > 0) lines.push(`${name}: and ${left} more; see /inbox/page and /qbo/status/page.`);
  return { subject: subjectOf(incidents, name), body: lines.join('\n\n') };
}

function subjectOf(incidents: readonly Incident[], orgName: string): string {
  const open = incidents.filter(({ closedAt }) => closedAt === null);
  const [first] = open;
  if (!first) return `${orgName}: over, nothing to do`;
  return open.length === 1
    ? `${orgName}: ${TITLES[first.kind]}`
    : `${orgName}: ${open.length} things need attention`;
}

const TITLES: Record<Incident['kind'], string> = {
  connection_lost: 'QuickBooks has to be connected again',
  sync_failing: 'QuickBooks cannot be read',
  needs_person: 'something needs a person',
  answer_lost: 'an answer of QuickBooks is missing',
  read_budget: 'the reads of QuickBooks run short',
};

function sentencesOf(incident: Incident, timeZone: string): string {
  const { closedAt, notifiedAt, since } = incident;
  if (closedAt === null) return beginningOf(incident, momentText(since, timeZone));
  const end = endOf(incident, momentText(since, timeZone));
  return notifiedAt === null ? `${end} It began and ended in the quiet hours.` : end;
}

function beginningOf({ kind, facts, subject }: Incident, since: string): string {
  switch (kind) {
    case 'connection_lost':
      return (
        `QuickBooks${of(facts.company)} has not accepted our access since ${since}, so nothing ` +
        'reaches the books. An administrator connects it again at /qbo/oauth/start.'
      );
    case 'sync_failing':
      return (
        `QuickBooks${of(facts.company)} could not be read since ${since} (${text(facts.error)}). It ` +
        'is tried again by itself; if it goes on, see /qbo/status/page.'
      );
    case 'needs_person':
      return (
        `${sentence(facts.reason)} ${sentence(facts.next_step)} It stands in /inbox/page as item ` +
        `${subject} since ${since}.`
      );
    case 'answer_lost':
      return (
        `QuickBooks has not answered about ${thing(facts)} since ${since}, so it is not known ` +
        'whether it was made. It is looked for by itself; please do not enter it by hand ' +
        `meanwhile.${see(facts)}`
      );
    case 'read_budget':
      return (
        `${count(facts.used)} of the ${count(facts.budget)} reads of QuickBooks that ${monthText(subject)} has ` +
        `are used, and at this pace it will be ${count(facts.forecast)}. Since ${since} QuickBooks is ` +
        'read less often by itself, so payments may show later. Raise QBO_READ_BUDGET_PER_MONTH ' +
        `if Intuit's plan allows it, or lengthen QBO_INVOICE_POLL_INTERVAL_MIN; /qbo/usage names ` +
        'the operations.'
      );
    default:
      return kind satisfies never;
  }
}

function endOf({ kind, facts, subject }: Incident, since: string): string {
  switch (kind) {
    case 'connection_lost':
      if (facts.ended === 'connected') {
        return (
          `QuickBooks${of(facts.company)} is connected again; the access was lost on ${since}. What ` +
          'waited goes on by itself.'
        );
      }
      return `QuickBooks${of(facts.company)} was disconnected by a person; the access was lost on ${since}.`;
    case 'sync_failing':
      return facts.ended === 'reading'
        ? `QuickBooks${of(facts.company)} is read again; it could not be since ${since}.`
        : `QuickBooks${of(facts.company)} is not read any more, as it is no longer connected; it could ` +
            `not be read since ${since}.`;
    case 'needs_person':
      return `Item ${subject} of the inbox is ${text(facts.ended)}: ${sentence(facts.reason)}`;
    case 'answer_lost':
      if (facts.ended === 'done')
        return `It is known now: ${thing(facts)}, sent on ${since}, is in QuickBooks.`;
      if (facts.ended === 'replaced') {
        return (
          `What became of ${thing(facts)}, sent on ${since}, is not known, and another try was made in its place. ` +
          `If it is in QuickBooks twice, or in a company that was connected before, take it out there.${see(facts)}`
        );
      }
      return facts.ended === 'needs_person'
        ? `What became of ${thing(facts)}, sent on ${since}, cannot be found out safely; a person ` +
            'decides in /inbox/page.'
        : `What became of ${thing(facts)}, sent on ${since}, is known now: it was not made.${see(facts)}`;
    case 'read_budget':
      return facts.ended === 'enough'
        ? `The reads of QuickBooks suffice for ${monthText(subject)} again, and it is read at the usual pace; they ` +
            `ran short since ${since}.`
        : `A new month has begun, so the reads of QuickBooks suffice again; they ran short since ${since}.`;
    default:
      return kind satisfies never;
  }
}

function of(company: string | number | null | undefined): string {
  return company ? ` of ${company}` : '';
}

const NOUNS: Record<string, string> = {
  'customer.create': 'customer',
  'customer.update': 'the change of customer',
  'customer.currency': 'the record in a foreign currency of customer',
  'item.create': 'the product of its invoices',
  'invoice.create': 'the invoice of proposal',
  'invoice.void': 'the voiding of the invoice of proposal',
  'payment.create': 'the payment for proposal',
  'payment.apply': 'the payment on the new invoice of proposal',
  'refund.create': 'the refund for proposal',
  'credit.create': 'the credit memo for proposal',
  'credit.apply': 'the use of the credit memo for proposal',
};

function thing({ operation, entity_id, proposal_id }: Incident['facts']): string {
  const noun = NOUNS[text(operation)] ?? text(operation);
  // A product is the organisation's, and of no one thing with a number.
  return operation === 'item.create' ? noun : `${noun} ${proposal_id ?? entity_id}`;
}

function see({ proposal_id, operation, entity_id }: Incident['facts']): string {
  if (proposal_id != null) return ` See ${whyAddress('proposals', proposal_id)}.`;
  return text(operation).startsWith('customer.') ? ` See ${whyAddress('customers', text(entity_id))}.` : '';
}

function text(value: string | number | null | undefined): string {
  return value == null ? 'unknown' : String(value);
}

function count(value: string | number | null | undefined): string {
  return value == null ? 'unknown' : Number(value).toLocaleString('en-US');
}

function sentence(value: string | number | null | undefined): string {
  const words = text(value).trim();
  return /[.!?]$/.test(words) ? words : `${words}.`;
}

function line(words: string): string {
  const one = words.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return cutText(one, LINE_MAX, '…');
}
