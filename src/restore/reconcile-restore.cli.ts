import { runTool } from '../platform/cli.js';
import { readOptions } from '../platform/command-line.js';
import { readConfig } from '../platform/config/config.js';
import { assertUsable, openDatabaseServer } from '../platform/database/server.js';
import { reconcileRestore } from './reconcile-restore.js';
import { readRestoreArgs, RESTORE_USAGE } from './restore-args.js';

/** `npm run restore:reconcile -- --above 4711` */
await runTool(RESTORE_USAGE, async (args) => {
  const { above } = readRestoreArgs(readOptions(args, { above: { type: 'string' } }));
  const config = readConfig(process.env);
  const server = await openDatabaseServer(config);
  try {
    await assertUsable(server, config);
    const done = await reconcileRestore(server.directUrl, above);
    return [
      `${done.connectionsClosed} connections are closed until somebody connects the companies again.`,
      `${done.sequencesRaised} sequences are raised above ${above}.`,
      `${done.operationsDone} operations are done, since what they were to make is linked.`,
      `${done.operationsInDoubt} operations are looked for in QuickBooks before they are sent.`,
      'Go on with docs/operations.md, After restoring an old backup.',
    ].join('\n');
  } finally {
    await server.stop();
  }
});
