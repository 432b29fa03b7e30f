import { momentText } from '../format.js';

/** `stripe_event_failed`. `about` is a deposit's name; null where the event is about none of ours. */
export function stripeEventFailed(
  { type, eventId }: { type: string; eventId: string },
  about: string | null,
  why: string,
): string {
  const what = about === null ? '' : ` about ${about},`;
  return `Stripe told something${what} that could not be processed (${type}, ${eventId}): ${why}`;
}

/** `payment_unknown`. `payment` is its name, `id` Stripe's. */
export function paidOnLostPage(payment: string, id: string): string {
  return `Stripe has ${payment} (${id}), paid on a page that was opened after the backup and is not known here.`;
}

/** The same of what a bank has yet to pay. */
export function pendingOnLostPage(payment: string, id: string): string {
  const page = 'a page that was opened after the backup and is not known here';
  return `The customer's bank is about to pay ${payment} (${id}) by ${page}.`;
}

/**
 * The same once a person has seen to it, where the invoice that it was for cannot be read since: `reason` is what they
 * were asked, the invoice by QuickBooks' id.
 */
export function unreadAfterLostPage(reason: string, invoiceId: string): string {
  const seen =
    `A person has seen to it, but invoice ${invoiceId} of QuickBooks cannot be read since, so that nobody knows ` +
    'whether the money is on it.';
  return reason.endsWith(seen) ? reason : `${reason} ${seen}`;
}

/** `page_elsewhere`. `payment` is its name; until when it can be paid, in the organisation's time zone. */
export function pageElsewhere(
  payment: string,
  { until, timeZone, isOver }: { until: Date; timeZone: string; isOver: boolean },
): string {
  const can = isOver ? 'could' : 'can';
  return `${unknownPage(payment)} it ${can} be paid there until ${momentText(until, timeZone)}.`;
}

/** The same of one by which a bank is about to pay. */
export function pagePaidElsewhere(payment: string): string {
  const page = unknownPage(payment);
  return `${page} the customer's bank is about to pay it there, and no other page is opened until it has.`;
}

function unknownPage(payment: string): string {
  return `The page for ${payment}, is not known to the Stripe account of this installation, which is another one now:`;
}
