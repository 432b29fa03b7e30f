import { dayText } from '../messages/format.js';
import { SEVERITIES } from '../messages/codes/inbox-message.js';
import { inboxMessageOf } from '../messages/inbox-messages.js';
import { pageLink, withPageLinks } from '../messages/page-links.js';
import { whyAddress } from '../messages/why-address.js';
import { escapeHtml, page } from '../platform/http/pages/html.js';
import { isolatedText } from '../platform/text/isolated-text.js';
import type { InboxItem, ItemDecision } from './inbox-item.js';
import { allOfKindText, queuedIn, queuedText } from './queued-words.js';
import type { ItemChoices } from './resolutions.service.js';

export const INBOX_PAGE_PATH = '/inbox/page';
/** What one page shows; the others follow as these are decided. */
export const INBOX_PAGE_ITEMS = 200;

export interface InboxPage {
  orgId: number;
  company: string;
  timeZone: string;
  /** Open ones, oldest first; more than a page holds where there are more. */
  items: readonly (InboxItem & { choices: ItemChoices })[];
  /** Whether the person may decide. */
  decides: boolean;
  /** How many of each kind can be tried again together, also of those that this page does not show. */
  together: ReadonlyMap<string, number>;
  /** What was decided just now: words of ours, or anything from the address. */
  query: Readonly<Record<string, unknown>>;
}

const DONE: Readonly<Record<string, string>> = {
  resolved: 'It is resolved.',
  dismissed: 'It is left as it is, and stays on record.',
  retried: 'It was tried again, and it worked.',
  not_done: 'It was tried again, and did not work. Its reason says why.',
};

/** What waits for a person, for whoever follows the link of an alert: most severe first, with what to do. Pure. */
export function inboxPage(facts: InboxPage): string {
  const { company, items } = facts;
  const said = saidOf(facts.query);
  const shown = items
    .slice(0, INBOX_PAGE_ITEMS)
    .toSorted((one, other) => severityOf(one) - severityOf(other) || one.id - other.id);
  return page(
    'Inbox',
    `<h1>Inbox</h1>
<p class="quiet">What waits for a person at ${escapeHtml(isolatedText(company))}.</p>
${said === undefined ? '' : `<p class="notice" role="status">${said}</p>`}
${shown.length === 0 ? '<p>Nothing waits for anybody.</p>' : ''}
${items.length > shown.length ? `<p class="quiet">These are the oldest ${shown.length}.</p>` : ''}
${shown.map((item) => itemSection(item, facts)).join('\n')}
${facts.decides && shown.some(({ choices }) => choices.takes !== null) ? WHERE_IDS_ARE : ''}
<p class="quiet"><a href="/qbo/status/page">QuickBooks</a> · <a href="/auth/account">Your account</a></p>`,
  );
}

function saidOf(query: InboxPage['query']): string | undefined {
  const { done } = query;
  const queued = queuedIn(query);
  if (queued) return queuedText(queued);
  return typeof done === 'string' && Object.hasOwn(DONE, done) ? DONE[done] : undefined;
}

const WHERE_IDS_ARE = `<h2>Where is an id?</h2>
<p class="quiet">Open the document or the customer in QuickBooks. The address of that page has the id, after
  <code>txnId=</code> or <code>nameId=</code>; you can paste all of the address.</p>`;

function severityOf({ code }: InboxItem): number {
  return SEVERITIES.indexOf(inboxMessageOf(code).severity);
}

function itemSection(
  item: InboxPage['items'][number],
  { orgId, timeZone, decides, together }: Pick<InboxPage, 'orgId' | 'timeZone' | 'decides' | 'together'>,
): string {
  const { id, code, reason, nextStep, createdAt, proposalId, customerId } = item;
  const about =
    proposalId !== null
      ? ` · ${pageLink(whyAddress('proposals', proposalId), orgId, `Proposal ${proposalId}`)}`
      : customerId !== null
        ? ` · ${pageLink(whyAddress('customers', customerId), orgId, `Customer ${customerId}`)}`
        : '';
  return `<h2 id="item-${id}">${escapeHtml(inboxMessageOf(code).meaning)}</h2>
<p>${escapeHtml(reason)}</p>
<p class="notice">${withPageLinks(nextStep, orgId)}</p>
<p class="quiet">Item ${id}, since ${dayText(createdAt, timeZone)}${about}${forSupport(item)}</p>
${decides ? deeds(item, orgId, ofKind(item, together)) : ''}`;
}

/** What whoever is asked for help wants to know. */
function forSupport({ qboCode, intuitTid, retryQueuedAt }: InboxItem): string {
  return [
    qboCode !== null && `QuickBooks’ code ${qboCode}`,
    intuitTid !== null && `trace id ${intuitTid}`,
    retryQueuedAt !== null && 'waits for its turn to be tried again',
  ]
    .filter((one) => one !== false)
    .map((one) => ` · ${escapeHtml(one)}`)
    .join('');
}

/** How many of a kind, with this one, can be tried again together; none where this one waits for its turn. */
function ofKind({ code, retry, retryQueuedAt }: InboxItem, together: InboxPage['together']): number {
  return retry === 'together' && retryQueuedAt === null ? (together.get(code) ?? 0) : 0;
}

function deeds(
  { id, code, retry, choices: { takes, decides } }: InboxPage['items'][number],
  orgId: number,
  kindred: number,
): string {
  const deed = (verb: string, text: string, fields = ''): string =>
    `<form method="post" action="${INBOX_PAGE_PATH}/${id}/${verb}?org_id=${orgId}">${fields}
<button class="minor" aria-label="${text}, item ${id}">${text}</button></form>`;
  const decision = (action: ItemDecision, text: string): string =>
    deed('resolve', text, `<input type="hidden" name="action" value="${action}">`);
  return `<div class="deeds">${[
    retry !== null && deed('retry', 'Try again'),
    kindred > 1 && allOfKind(code, orgId, kindred),
    takes !== null && deed('resolve', 'Resolve with its id', idField(takes)),
    decides && decision('create', 'Make a new one') + decision('exclude', 'Keep out of QuickBooks'),
    !decides && deed('resolve', 'Resolve'),
    deed('dismiss', 'Dismiss'),
  ]
    .filter((one) => one !== false)
    .join('\n')}</div>`;
}

function allOfKind(code: string, orgId: number, count: number): string {
  return `<form method="post" action="${INBOX_PAGE_PATH}/retry?org_id=${orgId}">
<input type="hidden" name="code" value="${escapeHtml(code)}">
<button class="minor">${allOfKindText(count)}</button></form>`;
}

function idField(entity: string): string {
  return `<input name="qbo_id" aria-label="Id of the ${entity} in QuickBooks, or the address of its page there"
  placeholder="Id of the ${entity}" autocomplete="off" required>`;
}
