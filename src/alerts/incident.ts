export type IncidentKind =
  /** Intuit no longer accepts our access; a person has to connect again. */
  | 'connection_lost'
  /** The polls of a company have failed for several intervals. */
  | 'sync_failing'
  /** Something stands in the inbox. */
  | 'needs_person'
  /** QuickBooks did not answer a write, and it is still not known what became of it. */
  | 'answer_lost'
  /** The metered reads of the whole installation run short, so that polls are made less often. */
  | 'read_budget';

/** One trouble of one organisation, or of the whole installation, from its beginning to its end. */
export interface Incident {
  id: string;
  /** Null where it is the installation's. */
  orgId: number | null;
  kind: IncidentKind;
  /** What it is about: a company, an inbox item, an operation, a month. */
  subject: string;
  /** What the message about it says, by kind; `ended` once it is over. */
  facts: Record<string, string | number | null>;
  since: Date;
  closedAt: Date | null;
  /** Null where people are still to be told that it began; of one that is over, where they never were. */
  notifiedAt: Date | null;
}

/** Where and when an organisation is told. */
export interface Audience {
  orgName: string;
  /** The organisation's own address; null: the installation's. */
  email: string | null;
  /** It has a Slack webhook of its own, told instead of the installation's. */
  hasSlack: boolean;
  quietHours: QuietPeriod | null;
  timeZone: string;
}

/** Local times of day, `HH:MM`, from the first to before the second; over midnight where the first is later. */
export interface QuietPeriod {
  from: string;
  to: string;
}
