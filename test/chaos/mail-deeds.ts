import { type Act, one } from './deed.ts';

/** What is sent by e-mail because a person asks for it. */
export const mailing = {
  /** Asked for twice at once now and then, as people press twice. */
  remind: async ({ contractor, deed }) => {
    const { body } = await contractor.ask('GET', '/invoices?limit=100');
    const invoice = one((body.items ?? []) as { id: number; proposal_id: number }[], deed.which);
    if (!invoice) return undefined;
    const remind = () => contractor.ask('POST', `/invoices/${invoice.id}/remind`, {});
    const answers = await Promise.all(deed.share % 2 === 0 ? [remind(), remind()] : [remind()]);
    const job = contractor.jobs.find(({ proposalId }) => proposalId === invoice.proposal_id);
    const said = answers.map(({ status, body: answer }) => `${status} ${(answer.code ?? '') as string}`);
    return { job, result: `invoice ${invoice.id}: ${said.join(' and ')}` };
  },
  'send the proposal': async ({ contractor, deed }) => {
    const job = one(contractor.jobs, deed.which);
    if (!job) return undefined;
    const { status } = await contractor.ask('POST', `/portal/email/${job.proposalId}`, {});
    return { job, result: String(status) };
  },
  invite: async ({ contractor, deed }) => {
    const email = `kim-${deed.org}-${deed.atMs}@chaos.test`;
    const { status } = await contractor.ask('POST', '/users/invite', {
      email,
      full_name: 'Kim Keeper',
      roles: ['viewer'],
    });
    return { result: `${email}: ${status}` };
  },
} satisfies Record<string, Act>;
