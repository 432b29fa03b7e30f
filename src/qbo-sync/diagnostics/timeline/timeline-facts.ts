/** Who did a step, or where it was heard of. */
export const TIMELINE_SOURCES = ['crm', 'customer', 'stripe', 'quickbooks', 'inbox'] as const;
export type TimelineSource = (typeof TIMELINE_SOURCES)[number];

/** Named values that a step changed; amounts are cents. */
export type Values = Record<string, string | number | null>;

export interface TimelineItem {
  at: Date;
  event: string;
  source: TimelineSource;
  /** What the step is known by at the vendor: QuickBooks' requestid, Stripe's idempotency key or event id. */
  requestId: string | null;
  intuitTid: string | null;
  before: Values | null;
  after: Values | null;
  /** The person who did it; null where no person of the organisation did. */
  actor: PersonFact | null;
}

/** A person of the organisation. */
export interface PersonFact {
  id: number;
  fullName: string;
}

/** What somebody did, from the audit log. */
export interface DeedFact {
  at: Date;
  action: string;
  actor: PersonFact | null;
}

/** How a proposal stands in between, as far as steps change it. A type, so that it is Values too. */
export type ProposalFigures = {
  status: string;
  deposit_paid_cents: number;
  qbo_state: string | null;
  qbo_total_cents: number | null;
  qbo_paid_cents: number;
};

/** One happening, before it is put in order with the others. */
export interface Step {
  at: Date;
  event: string;
  source: TimelineSource;
  requestId?: string | null;
  intuitTid?: string | null;
  actor?: PersonFact | null;
  /** What it makes of how things stood. */
  sets?: (standing: ProposalFigures) => Partial<ProposalFigures> | null;
  /** What it changed beside that. */
  change?: { before: Values | null; after: Values };
}

export interface ActivityFact {
  at: Date;
  event: string;
  meta: Record<string, unknown>;
  /** Names the one happening; of a checkout the idempotency key. */
  occurrence: string | null;
}

export interface AttemptFact {
  startedAt: Date;
  finishedAt: Date | null;
  /** Null while it is under way. */
  outcome: 'done' | 'refused' | 'uncertain' | 'not_sent' | null;
  intuitTid: string | null;
}

export interface OperationFact {
  /** `invoice.create` and its like. */
  kind: string;
  requestId: string;
  state: string;
  qboId: string | null;
  createdAt: Date;
  updatedAt: Date;
  attempts: AttemptFact[];
}

export interface StripeEventFact {
  eventId: string;
  type: string;
  at: Date;
}

export interface LinkFact {
  createdAt: Date;
  revokedAt: Date | null;
}

export interface InboxFact {
  code: string;
  state: string;
  createdAt: Date;
  closedAt: Date | null;
  intuitTid: string | null;
}

/** What the tables tell of one proposal, in no order. */
export interface Sources {
  currency: string;
  activities: ActivityFact[];
  operations: OperationFact[];
  stripeEvents: StripeEventFact[];
  links: LinkFact[];
  inbox: InboxFact[];
  deeds: DeedFact[];
}
