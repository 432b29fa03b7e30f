import { dayText } from '../messages/format.js';
import { SEVERITIES } from '../messages/codes/inbox-message.js';
import { inboxMessageOf } from '../messages/inbox-messages.js';
import { pageLink, withPageLinks } from '../messages/page-links.js';
import { whyAddress } from '../messages/why-address.js';
import { escapeHtml, page } from '../platform/http/pages/html.js';
import { isolatedText } from '../platform/text/isolated-text.js';
import { QBO_ID_PATTERN } from '../platform/text/qbo-id.js';
import type { InboxItem, ItemDecision } from './inbox-item.js';
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
  /** What was decided just now: a word of ours, or anything from the address. */
  done: unknown;
}

const DONE: Readonly<Record<string, string>> = {
  resolved: 'It is resolved.',
  dismissed: 'It is left as it is, and stays on record.',
  retried: 'It was tried again, and it worked.',
  not_done: 'It was tried again, and did not work. Its reason says why.',
};

/** What waits for a person, for whoever follows the link of an alert: most severe first, with what to do. Pure. */
export function inboxPage(facts: InboxPage): string {
  const { company, items, done } = facts;
  const said = typeof done === 'string' && Object.hasOwn(DONE, done) ? DONE[done] : undefined;
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
<p class="quiet"><a href="/qbo/status/page">QuickBooks</a> · <a href="/auth/account">Your account</a></p>`,
  );
}

function severityOf({ code }: InboxItem): number {
  return SEVERITIES.indexOf(inboxMessageOf(code).severity);
}

function itemSection(
  item: InboxPage['items'][number],
  { orgId, timeZone, decides }: Pick<InboxPage, 'orgId' | 'timeZone' | 'decides'>,
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
<p class="quiet">Item ${id}, since ${dayText(createdAt, timeZone)}${about}</p>
${decides ? deeds(item, orgId) : ''}`;
}

function deeds(
  { id, retry, choices: { takes, decides } }: InboxPage['items'][number],
  orgId: number,
): string {
  const deed = (verb: string, text: string, fields = ''): string =>
    `<form method="post" action="${INBOX_PAGE_PATH}/${id}/${verb}?org_id=${orgId}">${fields}
<button class="minor" aria-label="${text}, item ${id}">${text}</button></form>`;
  const decision = (action: ItemDecision, text: string): string =>
    deed('resolve', text, `<input type="hidden" name="action" value="${action}">`);
  return `<div class="deeds">${[
    retry !== null && deed('retry', 'Try again'),
    takes !== null && deed('resolve', 'Resolve with its id', idField(takes)),
    decides && decision('create', 'Make a new one') + decision('exclude', 'Keep out of QuickBooks'),
    !decides && deed('resolve', 'Resolve'),
    deed('dismiss', 'Dismiss'),
  ]
    .filter((one) => one !== false)
    .join('\n')}</div>`;
}

function idField(entity: string): string {
  return `<input name="qbo_id" aria-label="Id of the ${entity} in QuickBooks" placeholder="Id of the ${entity}"
  inputmode="numeric" pattern="${QBO_ID_PATTERN}" required>`;
}
