import type { Company } from './company.ts';
import type { Recurring } from './company-state.ts';
import { Fault, objectNotFound } from './fault.ts';
import { type Body, partOf, textOf, without } from './json.ts';
import { addDays } from './pacific.ts';
import { daysAhead, infoAfter, nextDay } from './recurring-schedule.ts';
import { changeBooks, readRecord } from './write-record.ts';

/** How many documents one template makes in one go; a clock moved by centuries makes the others in the next. */
const AT_ONCE = 1000;

const OF_THE_TEMPLATE = ['Id', 'SyncToken', 'MetaData', 'domain', 'sparse', 'RecurringInfo'];
/** What each document has of its own: the date is the schedule's, the due date follows from the terms. */
const OF_THE_DOCUMENT = ['TxnDate', 'DueDate', 'DocNumber', 'TotalAmt', 'Balance'];

/** Makes the document of one day from a template; its Id. Throws a `Fault` where the books refuse it. */
function make(company: Company, { type, body }: Recurring, day: string): string {
  const draft = without(body, ...OF_THE_TEMPLATE, ...OF_THE_DOCUMENT);
  return changeBooks(company, 'create', type, { ...draft, TxnDate: day }, { byHand: true });
}

function done(company: Company, template: Recurring, day: string, refusal?: string): Recurring {
  const { body, made: before = 0 } = template;
  const made = refusal === undefined ? before + 1 : before;
  const after: Body = { ...body, RecurringInfo: infoAfter(partOf(body, 'RecurringInfo'), day, made) };
  const next = {
    ...template,
    body: after,
    made,
    ...(refusal === undefined ? {} : { refused: { day, refusal } }),
  };
  company.recurring.set(textOf(body, 'Id')!, next);
  return next;
}

/** The day a template makes a document of by itself, if that has come. */
function dueDay(template: Recurring, today: string): string | null {
  const info = partOf(template.body, 'RecurringInfo');
  if (textOf(info, 'RecurType') !== 'Automated') return null;
  const day = nextDay(info);
  return day !== null && addDays(day, -daysAhead(info)) <= today ? day : null;
}

function runTemplate(company: Company, template: Recurring, today: string): void {
  let current = template;
  for (let count = 0; count < AT_ONCE; count += 1) {
    const day = dueDay(current, today);
    if (day === null) return;
    let refusal: string | undefined;
    try {
      make(company, current, day);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      refusal = error.message;
    }
    current = done(company, current, day, refusal);
  }
}

/**
 * Makes the documents whose day has come, in California: of each scheduled template all that were missed, each with its
 * own date. What the books refuse is left out and the schedule goes on; the template remembers the last refusal.
 */
export function runRecurring(company: Company): void {
  if (company.recurring.size === 0) return;
  const today = company.today();
  for (const template of company.recurring.values()) runTemplate(company, template, today);
}

/**
 * A person makes one document from a template of any type: of the day it is due next, else of today. The schedule goes
 * on to the day after.
 */
export function useTemplate(company: Company, id: string): Body {
  const template = company.recurring.get(id);
  if (!template) throw objectNotFound();
  const day = nextDay(partOf(template.body, 'RecurringInfo')) ?? company.today();
  const made = make(company, template, day);
  done(company, template, day);
  return readRecord(company, template.type, made);
}

/** Each template with its next day, what it has made and what was refused last. */
export function recurringList(company: Company): object[] {
  return [...company.recurring.values()].map(({ type, body, made = 0, refused }) => {
    const info = partOf(body, 'RecurringInfo');
    return {
      id: textOf(body, 'Id'),
      type,
      name: textOf(info, 'Name'),
      recur_type: textOf(info, 'RecurType') ?? null,
      next_date: nextDay(info),
      made,
      refused: refused ? { date: refused.day, message: refused.refusal } : null,
    };
  });
}
