/** The payload of each queue. A job only says when: the row it points to decides what is done. */
export interface QueuePayloads {
  /**
   * Carry on with the invoice of an approved proposal until it is in the books or needs a person. A `retry` goes on
   * with an operation there is, and begins none.
   */
  'qbo.invoice.create': { orgId: number; proposalId: number; retry?: true };
  /** Bill an entry of a contract whose day has come. */
  'contract.entry.bill': { orgId: number; proposalId: number; number: number };
  /** Find out what became of a void whose answer was lost. */
  'qbo.invoice.void': { orgId: number; invoiceId: number };
  /** Read the invoices of a proposal that a person has seen to, where money came by a page that is not known here. */
  'qbo.invoice.read': { orgId: number; proposalId: number };
  /** Go on with the products and services of an organisation that are being made. */
  'qbo.item.create': { orgId: number };
  /** Poll the changes of one QuickBooks company. */
  'qbo.company.sweep': { orgId: number };
  /** Carry on with putting a customer into the books. */
  'qbo.customer.create': { orgId: number; customerId: number };
  /** Carry on with making a customer's records in foreign currencies. */
  'qbo.customer.currency': { orgId: number; customerId: number };
  /** Carry on with a batch of customers. */
  'qbo.customers.batch': { orgId: number; batchId: string };
  /** Fill the mirror of the customers of one QuickBooks company. */
  'qbo.customers.mirror': { orgId: number };
  /** Fill the mirror of the documents of one QuickBooks company, or read what changed of them. */
  'qbo.documents.mirror': { orgId: number };
  /** Run the open comparison of one organisation. */
  'qbo.invoice.compare': { orgId: number };
  /** Do what a stored Stripe event asks for. */
  'stripe.event.process': { eventId: string };
  /** End the open payment page of a proposal where it asks for what is not owed any more. */
  'checkout.session.review': { orgId: number; proposalId: number };
  /** End a payment page at Stripe that is not wanted any more. */
  'stripe.session.end': { orgId: number; sessionId: number };
  /** Look whether the key's account knows the pages by which a bank is about to pay for a proposal. */
  'stripe.pages.look': { orgId: number; proposalId: number };
  /** Ask Stripe for a refund that was asked for here, or what became of it. */
  'stripe.refund.request': { orgId: number; refundId: number };
  /** Read the refunds of a payment at Stripe. */
  'stripe.refunds.read': { orgId: number; paymentId: number };
  /** Read what Stripe kept of a payment. */
  'stripe.fee.read': { orgId: number; paymentId: number };
  /** Post to the journal of revenue what changed of an organisation's contracts. */
  'revenue.post': { orgId: number };
  /** Look whether a connected company is ready to be written to. */
  'qbo.preflight': { orgId: number };
  /** Have the books follow a payment and its refunds, as the rows of the ledger are now. */
  'qbo.payment.record': { orgId: number; proposalId: number; paymentId: number };
  /** Carry on with a deposit's payment until it is in the books or needs a person. */
  'qbo.payment.carry': { orgId: number; paymentId: number };
  /** The same for what was given back of it. */
  'qbo.refund.carry': { orgId: number; paymentId: number };
  /** Carry on with a change order's credit memo until it is in the books and on an invoice, or needs a person. */
  'qbo.credit.carry': { orgId: number; creditMemoId: number };
  /** Read what the stored events of one QuickBooks company lead to. */
  'qbo.events.process': { orgId: number };
  /** Try an item of the inbox again that a person asked for with all of its kind. */
  'inbox.retry': { orgId: number; itemId: number };
  /** E-mail a proposal's link to its customer. */
  'portal.email.send': { orgId: number; linkId: number };
  /** Look which invoices of an organisation its customers are to be reminded of now. */
  'invoice.reminders.look': { orgId: number };
  /** E-mail a customer a reminder of an invoice. */
  'invoice.reminder.send': { orgId: number; reminderId: number };
  /** Mail a person something about the own account. */
  'account.mail.send': { mailId: string };
  /** Tell people of trouble, or that it is over. */
  'alert.send': { messageId: string };
}

export type QueueName = keyof QueuePayloads;

/** One job, by its queue and what it is about. */
export type JobRef = { [Name in QueueName]: { name: Name; payload: QueuePayloads[Name] } }[QueueName];
