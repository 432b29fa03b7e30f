import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const mark = '.made-by-demo';
/** What the CRM keeps in the folder of its embedded PostgreSQL. */
const ofTheDatabase = ['postgres', 'postgres.password', 'postgres.users', 'postgres.owner'];

/**
 * A folder without a database, for the demo's own. What an earlier demo left in it is deleted, and nothing
 * else is. Throws where the folder has a content but not the mark of a demo.
 */
export async function freshDemoFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const names = await readdir(folder);
  if (names.length > 0 && !names.includes(mark)) {
    throw new Error(
      `${folder} was not made by the demo, so it is left alone. Set CRM_DATA_DIR to another folder.`,
    );
  }
  await writeFile(join(folder, mark), 'The demo deletes the database in this folder at each start.\n');
  for (const name of ofTheDatabase) await rm(join(folder, name), { recursive: true, force: true });
}
