import type { BooksFacts, CrmFacts, Difference, ReportFacts } from './facts.ts';
import { hasItem, isLive, sum } from './reading.ts';

/** Between an organisation's reports and its books. Every contract is of policy `invoice`, without tax. Pure. */
export function reportLaws(crm: CrmFacts, books: BooksFacts, reports: ReportFacts): Difference[] {
  return [
    ...earnedLaws(crm, books, reports),
    ...openInvoiceLaws(crm, books, reports),
    ...owedLaws(reports),
    ...costLaws(books, reports),
    ...comparisonLaws(crm, reports),
    ...closedLaws(reports),
  ];
}

/** What is earned of a proposal is what its documents in the books come to, unless a person is asked about one. */
function earnedLaws(crm: CrmFacts, books: BooksFacts, { earned }: ReportFacts): Difference[] {
  const cents = (documents: BooksFacts['invoices']): number =>
    sum(documents.filter(isLive).map(({ workCents }) => workCents));
  return crm.proposals.flatMap(({ id: proposalId }) => {
    const ofProposal = <Row extends { proposalId: number }>(rows: readonly Row[]): Row[] =>
      rows.filter((row) => row.proposalId === proposalId);
    const ids = (rows: readonly { proposalId: number; qboId: string | null }[]): Set<string | null> =>
      new Set(ofProposal(rows).map(({ qboId }) => qboId));
    const [invoices, credits] = [ids(crm.invoices), ids(crm.credits)];
    const intents = ofProposal(crm.payments).map(({ intent }) => `Stripe ${intent}`);
    const booked =
      cents(books.invoices.filter(({ id }) => invoices.has(id))) -
      cents(books.creditMemos.filter(({ id }) => credits.has(id))) -
      cents(books.refundReceipts.filter(({ note }) => intents.some((intent) => note.endsWith(intent))));
    const said = sum(ofProposal(earned).map((row) => row.cents));
    if (said === booked || hasItem(crm, proposalId)) return [];
    const what = `proposal ${proposalId} is said to have earned ${said}, and has ${booked} in the books`;
    return [{ law: 'what is earned is what the books have', what, proposalId }];
  });
}

/** What is owed on each invoice today is its balance in the books. */
function openInvoiceLaws(crm: CrmFacts, books: BooksFacts, { open }: ReportFacts): Difference[] {
  return crm.invoices.flatMap(({ qboId, number, proposalId }) => {
    const there = books.invoices.find(({ id }) => id === qboId);
    const owed = there && isLive(there) ? there.balanceCents : 0;
    const said = sum(open.filter((row) => row.qboId === qboId).map(({ cents }) => cents));
    if (qboId === null || said === owed) return [];
    const what = `${said} is said to be owed on invoice ${number ?? qboId}, ${owed} is`;
    return [{ law: 'what is owed is what the books have open', what, proposalId }];
  });
}

/** A customer reads in the statement what the office reads in receivables by age. */
function owedLaws({ owed }: ReportFacts): Difference[] {
  return owed
    .filter(({ stated, aged }) => stated !== aged)
    .map(({ customerId, currency, stated, aged }) => ({
      law: 'a statement closes with what is owed',
      what: `customer ${customerId} owes ${stated} ${currency} by the statement, ${aged} by age`,
    }));
}

/** Every cent of a bill is borne by a job or by nobody, and no cent twice. */
function costLaws(books: BooksFacts, { costs }: ReportFacts): Difference[] {
  const currencies = new Set([...books.costs, ...costs].map(({ currency }) => currency));
  return [...currencies].flatMap((code) => {
    const [said, booked] = [costs, books.costs].map((rows) =>
      sum(rows.filter(({ currency }) => currency === code).map(({ cents }) => cents)),
    );
    if (said === booked) return [];
    const what = `jobs and nobody bear ${said} ${code}, bills come to ${booked}`;
    return [{ law: 'every cost is borne once', what }];
  });
}

/** No cent is unexplained, and what is said to be missing in the books is before a person. */
function comparisonLaws(crm: CrmFacts, { comparisons }: ReportFacts): Difference[] {
  const law = 'a comparison explains every cent';
  return comparisons.flatMap(({ report, status, unexplainedCents, missing }) => {
    if (status !== 200) return [{ law, what: `${report} answers ${status}` }];
    const unexplained =
      unexplainedCents === 0 ? [] : [{ law, what: `${unexplainedCents} of ${report} are unexplained` }];
    const nobodys = missing
      .filter((proposalId) => !hasItem(crm, proposalId))
      .map((proposalId) => ({
        law,
        what: `${report} says that a document of proposal ${proposalId} is in no books`,
        proposalId,
      }));
    return [...unexplained, ...nobodys];
  });
}

/** What is changed in it afterwards, by an upgrade too, is posted into an open month. */
function closedLaws({ closed }: ReportFacts): Difference[] {
  return closed
    .filter(({ isVerified }) => isVerified !== true)
    .map(({ month, isVerified }) => ({
      law: 'a closed month stays as it was closed',
      what: `the pack of ${month} is ${isVerified === null ? 'not there' : 'another by now'}`,
    }));
}
