/** What one organisation's rows say, once nothing is under way any more. Cents; ids of the vendors are text. */
export interface CrmFacts {
  org: number;
  isConnected: boolean;
  customers: readonly { id: number; email: string; qboId: string | null }[];
  proposals: readonly {
    id: number;
    customerId: number | null;
    status: string;
    currency: string;
    qboInvoiceId: string | null;
    qboBalanceCents: number | null;
    depositPaidCents: number;
    /** Approved by a version that keeps an audit log. */
    isLogged: boolean;
  }[];
  /** Of approved proposals: what is agreed now, what was offered, and by how much approved changes have moved it. */
  contracts: readonly {
    proposalId: number;
    valueCents: number;
    offeredCents: number;
    changedCents: number;
    /** Changes that were approved, withdrawn since or not. */
    approvals: number;
  }[];
  invoices: readonly {
    id: number;
    proposalId: number;
    kind: string;
    sequence: number;
    generation: number;
    qboId: string | null;
    number: string | null;
    state: string | null;
    totalCents: number | null;
    balanceCents: number | null;
  }[];
  payments: readonly {
    id: number;
    proposalId: number;
    /** Of the invoice it was paid for: `deposit`, `progress`, … */
    kind: string;
    intent: string;
    session: string;
    cents: number;
  }[];
  refunds: readonly { paymentId: number; stripeId: string | null; cents: number; state: string }[];
  disputes: readonly { paymentId: number; stripeId: string | null; cents: number; state: string }[];
  credits: readonly {
    id: number;
    proposalId: number;
    qboId: string | null;
    state: string | null;
    totalCents: number | null;
  }[];
  /** What was received on our invoices in QuickBooks, by what the change feed told. */
  applied: readonly { paymentQboId: string; invoiceQboId: string; cents: number }[];
  operations: readonly {
    id: number;
    kind: string;
    entityId: number;
    generation: number;
    proposalId: number | null;
    requestId: string;
    state: string;
    qboId: string | null;
    error: string | null;
  }[];
  /** Open ones. */
  inbox: readonly {
    code: string;
    reason: string;
    proposalId: number | null;
    customerId: number | null;
    operationId: number | null;
  }[];
  activity: readonly { proposalId: number; event: string; occurrence: string | null }[];
  audit: readonly { action: string; proposalId: number | null }[];
  /** E-mails about invoices that are due; `isDue`: waits, and its time has come. */
  reminders: readonly {
    id: number;
    invoiceId: number;
    proposalId: number;
    state: string;
    isHandedOver: boolean;
    isDue: boolean;
  }[];
  /** Links to proposals that were e-mailed. */
  mailedLinks: readonly { id: number; proposalId: number; state: string; isDue: boolean }[];
  why: readonly { proposalId: number; answer: string; nextStep: string }[];
  /** Intuit's events that nobody has looked into. */
  pendingEvents: readonly string[];
}

/** A document in QuickBooks. Cents. */
export interface BookedDocument {
  id: string;
  customerId: string;
  number: string;
  note: string;
  totalCents: number;
  balanceCents: number;
  isDeleted: boolean;
  isVoided: boolean;
  currency: string;
  /** Home units of one of its currency. */
  rate: number;
  /** What its lines come to but for what is withheld, or billed of that. */
  workCents: number;
  /** What of it pays which invoice. */
  lines: readonly { invoiceId: string; cents: number }[];
}

/** What the books of one company say: what was deleted and voided too. */
export interface BooksFacts {
  customers: readonly { id: string; email: string; isActive: boolean; currency: string }[];
  invoices: readonly BookedDocument[];
  payments: readonly BookedDocument[];
  refundReceipts: readonly BookedDocument[];
  creditMemos: readonly BookedDocument[];
  /** Lines of bills that are there. */
  costs: readonly { currency: string; cents: number }[];
}

/** What the product reports of an organisation. Cents. */
export interface ReportFacts {
  earned: readonly { proposalId: number; cents: number }[];
  /** What is owed on an invoice of ours by receivables by age. */
  open: readonly { qboId: string; cents: number }[];
  /** What a customer owes less their credits, by their statement and by receivables by age. */
  owed: readonly { customerId: number; currency: string; stated: number; aged: number }[];
  /** What jobs bear of costs, and nobody does. */
  costs: readonly { currency: string; cents: number }[];
  comparisons: readonly {
    report: string;
    status: number;
    unexplainedCents: number;
    /** Of what is earned: proposals with a document that is said to be in no books. */
    missing: readonly number[];
  }[];
  /** Closed months, and whether their packs are what was hashed as they were closed. */
  closed: readonly { month: string; isVerified: boolean | null }[];
}

/** What Stripe says of the whole account. Cents. */
export interface StripeFacts {
  charges: readonly { intent: string; session: string; cents: number }[];
  refunds: readonly { id: string; intent: string; cents: number; status: string }[];
  disputes: readonly { id: string; intent: string; cents: number; status: string }[];
  /** Of kinds that the product listens to. */
  eventIds: readonly string[];
}

/** Stripe's events that the product has, and what became of each. */
export interface KeptEvent {
  id: string;
  type: string;
  state: string;
  error: string | null;
}

/** An e-mail that the mail server took. */
export interface Letter {
  /** The part of its Message-ID before the domain. */
  id: string;
  to: string;
}

/** Everything the oracle compares. */
export interface Facts {
  crm: readonly CrmFacts[];
  /** By organisation. */
  books: Readonly<Record<number, BooksFacts>>;
  stripe: StripeFacts;
  events: readonly KeptEvent[];
  letters: readonly Letter[];
  /** E-mails about the accounts of people, of all organisations. */
  accountMails: readonly { id: string; state: string; isDue: boolean }[];
  signIns: readonly SignInFacts[];
}

/** A sign-in as its person knows it, and whether its tokens are taken. */
export interface SignInFacts {
  org: number;
  email: string;
  state: 'live' | 'over' | 'unknown';
  /** Statuses of what is asked with the access token, and of its refresh token where it is over. */
  access: number;
  refresh: number | null;
}

/** Something that two sides do not agree about and no open item accounts for. */
export interface Difference {
  law: string;
  what: string;
  org?: number;
  proposalId?: number;
}
