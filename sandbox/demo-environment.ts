/** Settings of the product that a demo takes from the shell: its database, its secrets where it has one, its log. */
const TAKEN: ReadonlySet<string> = new Set([
  'DATABASE_URL',
  'DATABASE_DIRECT_URL',
  'DATABASE_MIGRATE_URL',
  'JWT_SECRET_KEY',
  'TOKEN_ENCRYPTION_KEYS',
  'QBO_INVOICE_POLL_INTERVAL_MIN',
  'DEPOSIT_PERCENT',
  'LOG_LEVEL',
]);

/** What other settings of the product begin with, or are. */
const FAMILIES =
  /^(?:CRM|QBO|STRIPE|SMTP|SLACK|ALERT|REDIS|OTEL|METRICS|DATABASE|DB|JWT|TOKEN|PORTAL|SEED|CORS|API_REQUESTS)_/;
const OTHERS: ReadonlySet<string> = new Set([
  'NODE_ENV',
  'HOST',
  'PORT',
  'OPERATIONS_PORT',
  'DOCS_ENABLED',
  'SHUTDOWN_DELAY_SECONDS',
  'TRUST_PROXY',
  'INVOICES_PER_DAY',
]);

/**
 * The shell's variables without those of another installation that is worked with in it: a role without pages, links
 * that lead there, or a collector of its traces are no part of a demo. Pure.
 */
export function ofShell(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isOfProduct = (name: string): boolean => FAMILIES.test(name) || OTHERS.has(name);
  return Object.fromEntries(
    Object.entries(variables).filter(([name]) => TAKEN.has(name) || !isOfProduct(name)),
  );
}
