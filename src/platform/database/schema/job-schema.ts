import { PgBoss } from 'pg-boss';

/**
 * Installs the schema of the job queue, or brings it up to date: the product's own role may do neither. Does nothing
 * but look where it is.
 */
export async function installJobSchema(url: string): Promise<void> {
  const boss = new PgBoss({
    connectionString: url,
    application_name: 'peakpro-crm migrate',
    max: 1,
    schedule: false,
    supervise: false,
  });
  boss.on('error', () => {}); // what fails rejects
  await boss.start();
  await boss.stop({ graceful: false, close: true });
}
