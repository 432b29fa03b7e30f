export type Command = 'select' | 'insert' | 'update' | 'delete';

interface DoorRule {
  /** What goes through it, and why it cannot name an organisation. */
  readonly for: string;
  /** What may be done, with the rows of which tables: `all` or some. */
  readonly allows: Partial<Record<Command, 'all' | readonly string[]>>;
}

/**
 * The ways to the rows of several organisations at once. A statement goes through a door only where it is written so;
 * what is in no organisation and goes through no door sees no row of any.
 */
const DOORS = {
  scheduler: {
    for: 'finds due rows of all organisations, to enqueue their jobs, and plans when companies and entries are next',
    allows: { select: 'all', update: ['contract_entries', 'qbo_sweeps', 'qbo_tokens'] },
  },
  lookup: {
    for: 'finds whose a payment page, payment, link, invitation or company is, by what came without an organisation',
    allows: { select: ['checkout_sessions', 'invitations', 'payments', 'portal_links', 'qbo_tokens'] },
  },
  overview: {
    for: 'counts over all organisations, for metrics, health and the detection of incidents',
    allows: { select: 'all' },
  },
  metering: {
    for: 'writes down the calls to QuickBooks of all organisations together, once a second',
    allows: { select: ['qbo_usage'], insert: ['qbo_usage'], update: ['qbo_usage'] },
  },
  retention: {
    for: 'deletes rows, and empties columns, of which the time is over',
    allows: { select: 'all', update: 'all', delete: 'all' },
  },
  restore: {
    for: 'brings a restored backup into a safe state, by a command of the operator',
    allows: { select: 'all', update: 'all' },
  },
} as const satisfies Record<string, DoorRule>;

export type Door = keyof typeof DOORS;

/** The doors that lead to the rows of a table for a command, by name. */
export function doorsTo(table: string, command: Command): Door[] {
  const rules: [string, DoorRule][] = Object.entries(DOORS);
  return rules
    .filter(([, { allows }]) => allows[command] === 'all' || allows[command]?.includes(table))
    .map(([name]) => name as Door);
}
