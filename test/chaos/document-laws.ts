import type { BookedDocument, BooksFacts, CrmFacts, Difference } from './facts.ts';
import { isLive } from './reading.ts';

/** What an operation of a kind makes in the books. */
const MADE_BY = {
  'invoice.create': 'invoices',
  'payment.create': 'payments',
  'refund.create': 'refundReceipts',
  'credit.create': 'creditMemos',
} as const satisfies Record<string, keyof BooksFacts>;

type Making = keyof typeof MADE_BY;

const MARK = /crm:(\S+)/;

/** What was asked for once is there once, under its mark; and whatever bears a mark was asked for here. Pure. */
export function documentLaws(crm: CrmFacts, books: BooksFacts): Difference[] {
  return [...madeOnce(crm, books), ...knownHere(crm, books), ...oneOfAKind(crm, books), ...rateLaws(books)];
}

function isMaking(kind: string): kind is Making {
  return kind in MADE_BY;
}

function markOf({ note }: BookedDocument): string | undefined {
  return MARK.exec(note)?.[1];
}

function madeOnce(crm: CrmFacts, books: BooksFacts): Difference[] {
  const law = 'what is asked for once is made once';
  return crm.operations.flatMap(({ id, kind, requestId, state, qboId, proposalId, entityId }) => {
    if (!isMaking(kind)) return [];
    const about = proposalId === null ? {} : { proposalId };
    const name = `${kind} of ${entityId} (operation ${id}, ${state})`;
    const made = books[MADE_BY[kind]].filter((document) => markOf(document) === requestId);
    if (made.length > 1) return [{ law, what: `${name} made ${idsOf(made)}`, ...about }];
    const isHanded = crm.inbox.some(({ operationId }) => operationId === id);
    if (state !== 'done' && made.length === 1 && !isHanded) {
      return [{ law, what: `${name} made ${idsOf(made)}, which is not known here`, ...about }];
    }
    const isByHand = books[MADE_BY[kind]].some(
      ({ id: at, note }) => at === qboId && note.startsWith('By hand'),
    );
    if (state !== 'done' || isByHand || made.some((document) => document.id === qboId)) return [];
    return [{ law, what: `${name} names ${qboId}, which is not there under its mark`, ...about }];
  });
}

function knownHere({ operations }: CrmFacts, books: BooksFacts): Difference[] {
  const known = new Set(operations.map(({ requestId }) => requestId));
  return Object.values(MADE_BY).flatMap((list) =>
    books[list]
      .filter((document) => markOf(document) !== undefined && !known.has(markOf(document)!))
      .map(({ id, note }) => ({
        law: 'what bears our mark was asked for here',
        what: `${list} ${id}, "${note}"`,
      })),
  );
}

/** One live invoice for an entry of a contract; one document under a number. */
function oneOfAKind({ invoices }: CrmFacts, books: BooksFacts): Difference[] {
  const law = 'one live invoice for each entry of a contract';
  const live = new Set(books.invoices.filter(isLive).map(({ id }) => id));
  const byEntry = Map.groupBy(
    invoices.filter(({ qboId }) => qboId !== null && live.has(qboId)),
    ({ proposalId, kind, sequence }) => `${kind} ${sequence} of proposal ${proposalId}`,
  );
  const twice = [...byEntry].filter(([, rows]) => rows.length > 1);
  const ours = books.invoices.filter((one) => isLive(one) && one.number.startsWith('CRM-'));
  const byNumber = [...Map.groupBy(ours, ({ number }) => number)].filter(([, same]) => same.length > 1);
  return [
    ...twice.map(([entry, rows]) => ({
      law,
      what: `${entry} has ${rows.map(({ qboId }) => qboId).join(' and ')}`,
      proposalId: rows[0]!.proposalId,
    })),
    ...byNumber.map(([number, same]) => ({ law, what: `${number} is ${idsOf(same)} there` })),
  ];
}

/** QuickBooks takes a foreign document for one to one where its rate is left out. */
function rateLaws(books: BooksFacts): Difference[] {
  return Object.values(MADE_BY).flatMap((list) =>
    books[list]
      .filter((one) => markOf(one) !== undefined && one.currency !== 'USD' && one.rate === 1)
      .map(({ id, currency }) => ({
        law: 'a foreign document has a rate',
        what: `${list} ${id} is in ${currency} at one to one`,
      })),
  );
}

function idsOf(documents: readonly BookedDocument[]): string {
  return documents.map(({ id }) => id).join(' and ');
}
