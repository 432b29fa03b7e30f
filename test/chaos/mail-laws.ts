import type { CrmFacts, Difference, Facts } from './facts.ts';

/** Between what is said to have been e-mailed and what the mail server took. Pure. */
export function mailLaws(facts: Facts): Difference[] {
  const count = (id: string): number => facts.letters.filter((letter) => letter.id === id).length;
  return [
    ...facts.crm.flatMap((crm) =>
      [...reminderLaws(crm, count), ...linkLaws(crm, facts)].map((found) => ({ ...found, org: crm.org })),
    ),
    ...accountLaws(facts, count),
    ...strayLaws(facts),
  ];
}

/**
 * At most one e-mail leaves for a reminder, and one for an invoice in so short a time: another only where a person asks
 * for it after one of which nobody knows whether it was taken.
 */
function reminderLaws({ org, reminders }: CrmFacts, count: (id: string) => number): Difference[] {
  const law = 'nobody is reminded twice';
  const letters = (id: number): number => count(reminderName(org, id));
  const rows = reminders.flatMap(({ id, state, isHandedOver, isDue, proposalId }) => {
    const name = `reminder ${id}, ${state}`;
    const expected = state === 'sent' ? [1] : state === 'uncertain' || isHandedOver ? [0, 1] : [0];
    if (isDue) return [{ law: 'nothing is under way at rest', what: `${name}, was not sent`, proposalId }];
    if (expected.includes(letters(id))) return [];
    return [{ law, what: `${name}: ${letters(id)} e-mails`, proposalId }];
  });
  const twice = [...Map.groupBy(reminders, ({ invoiceId }) => invoiceId)].flatMap(([invoiceId, all]) => {
    const sent = all.reduce((total, { id }) => total + letters(id), 0);
    const unsure = all.filter(({ state }) => state === 'uncertain').length;
    if (sent <= 1 + unsure) return [];
    return [{ law, what: `invoice ${invoiceId}: ${sent} e-mails`, proposalId: all[0]!.proposalId }];
  });
  return [...rows, ...twice];
}

/** One whose answer was lost may come again, under the same name. */
function linkLaws({ mailedLinks }: CrmFacts, { letters }: Facts): Difference[] {
  return mailedLinks.flatMap(({ id, state, isDue, proposalId }) => {
    const what = `the link ${id} to a proposal, ${state}`;
    if (isDue)
      return [{ law: 'nothing is under way at rest', what: `${what}, was not e-mailed`, proposalId }];
    const sent = letters.filter((letter) => letter.id.startsWith(linkName(id)));
    if (state === 'sent' && sent.length === 0)
      return [{ law: 'what is said to be e-mailed is', what, proposalId }];
    return new Set(sent.map((letter) => letter.id)).size > 1
      ? [{ law: 'what is said to be e-mailed is', what: `${what}, under two names`, proposalId }]
      : [];
  });
}

function accountLaws({ accountMails }: Facts, count: (id: string) => number): Difference[] {
  return accountMails.flatMap(({ id, state, isDue }) => {
    const what = `the e-mail ${id} about an account, ${state}`;
    if (isDue) return [{ law: 'nothing is under way at rest', what: `${what}, was not sent` }];
    return state === 'sent' && count(accountName(id)) === 0
      ? [{ law: 'what is said to be e-mailed is', what }]
      : [];
  });
}

/** Nobody gets an e-mail that nothing here stands for. */
function strayLaws({ crm, letters, accountMails }: Facts): Difference[] {
  const known = new Set([
    ...crm.flatMap(({ org, reminders }) => reminders.map(({ id }) => reminderName(org, id))),
    ...accountMails.map(({ id }) => accountName(id)),
  ]);
  const links = crm.flatMap(({ mailedLinks }) => mailedLinks.map(({ id }) => linkName(id)));
  return letters
    .filter(({ id }) => !known.has(id) && !links.some((name) => id.startsWith(name)))
    .map(({ id, to }) => ({ law: 'every e-mail was meant here', what: `"${id}" to ${to}` }));
}

function reminderName(org: number, id: number): string {
  return `invoice-reminder-${org}-${id}`;
}

/** What follows is a part of the hash of the link. */
function linkName(id: number): string {
  return `proposal-link-${id}.`;
}

function accountName(id: string): string {
  return `account-${id}`;
}
