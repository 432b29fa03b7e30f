/**
 * - `connection_lost`: Intuit no longer accepts our access; a person has to connect again
 * - `sync_failing`: the sweeps of a company have failed for several intervals
 * - `needs_person`: something stands in the inbox
 * - `answer_lost`: QuickBooks did not answer a write, and it is still not known what became of it
 */
export type IncidentKind = 'connection_lost' | 'sync_failing' | 'needs_person' | 'answer_lost';

/** One trouble of one organisation, from its beginning to its end. */
export interface Incident {
  id: string;
  orgId: number;
  kind: IncidentKind;
  /** What it is about: a company, an inbox item, an operation. */
  subject: string;
  /** What the message about it says, by kind; `ended` once it is over. */
  facts: Record<string, string | number | null>;
  since: Date;
  closedAt: Date | null;
  notifiedAt: Date | null;
}

/** Where and when an organisation is told. */
export interface Audience {
  orgName: string;
  /** The organisation's own address; null: the installation's. */
  email: string | null;
  quietHours: QuietHours | null;
  timeZone: string;
}

/** Local times of day, `HH:MM`, from the first to before the second; over midnight where the first is later. */
export interface QuietHours {
  from: string;
  to: string;
}
