import { openDataSource } from '../platform/database/data-source.js';
import { type Reconciled, RestoreRepository } from './restore.repository.js';

/**
 * Makes a database that was restored from an older backup safe to start with: all or nothing, and a second time changes
 * nothing but the sequences. Throws while processes of the product work with it, and where a pooler hides whether any
 * do.
 */
export async function reconcileRestore(url: string, above: number): Promise<Reconciled> {
  const dataSource = await openDataSource(url, 1, { isUnhurried: true });
  try {
    return await dataSource.transaction(async (tx) => {
      const repository = new RestoreRepository(tx);
      if (await repository.isPooled()) {
        throw new Error(
          'This address leads through a pooler, behind which nobody can tell which processes still work. ' +
            'Have DATABASE_DIRECT_URL name PostgreSQL itself.',
        );
      }
      const processes = await repository.countProcesses();
      if (processes > 0) {
        throw new Error(
          `Stop every process first: ${processes} of their connections to this database are open. ` +
            'A pooler keeps some for minutes after they have ended: restart it, or have it RECONNECT.',
        );
      }
      return {
        connectionsClosed: await repository.closeConnections(),
        sequencesRaised: await repository.raiseSequences(above),
        operationsDone: await repository.closeLinked(),
        operationsInDoubt: await repository.doubtUnfinished(),
      };
    });
  } finally {
    await dataSource.destroy();
  }
}
