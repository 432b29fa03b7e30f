/** How the subject of an inbox item about a reminder begins; the id of its invoice follows. */
export const REMINDER_MAIL = 'invoice.reminder:';

/** How the subject of one about an e-mail with a proposal begins; the id of the proposal follows. */
export const PROPOSAL_MAIL = 'proposal.email:';
