import { execFile } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { access, chown, constants, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { APP_ROLE } from '../scope/app-role.js';
import { keepRunning } from './embedded-keeper.js';
import { isOpenToAll, reachableBinaries } from './embedded-binaries.js';

const run = promisify(execFile);
const SUPERUSER = 'crm';

export interface EmbeddedPostgres {
  /** Connection string of a database in the cluster. */
  url(database: string): string;
  /** The same for the role that the product signs in with, once a migration made it. */
  appUrl(database: string): string;
  /** Stops the server unless another process works with it; answers when it is down. Data stays. */
  stop(): Promise<void>;
}

interface Account {
  /** Command and arguments that run the rest as an account PostgreSQL accepts; empty for an ordinary user. */
  prefix: string[];
  uid?: number;
  gid?: number;
}

interface LaunchOptions {
  fast?: boolean;
  isKeptRunning?: boolean;
  port?: () => Promise<number>;
}

/** Where a server listens. */
interface Place {
  port: number;
  /** The folder of its Unix socket; empty where it has none. */
  socketFolder: string;
}

/** The longest address of a Unix socket that every system takes, with the zero at its end. */
const SOCKET_ADDRESS_MAX_BYTES = 104;
const LONGEST_SOCKET_NAME = '/.s.PGSQL.65535';

/**
 * A PostgreSQL of our own, for a machine that has none. It listens on loopback, and on a Unix socket, which takes a
 * tenth less processor time for each statement and which the addresses name where there is one. The cluster lives under
 * `dataDir` and survives restarts; a server left behind by a killed process is taken over, a stale lock file is
 * PostgreSQL's own to clear.
 * Works as an ordinary user and as root (PostgreSQL itself refuses root, so it then runs as `nobody`).
 * `fast` gives up durability for speed: tests only. `port` chooses where to listen: a free one, unless told otherwise.
 * `isKeptRunning`: one that is killed is started again.
 */
export async function startEmbeddedPostgres(
  dataDir: string,
  options: LaunchOptions = {},
): Promise<EmbeddedPostgres> {
  const cluster = resolve(dataDir, 'postgres');
  await mkdir(cluster, { recursive: true });
  const account = await accountFor(cluster);
  const bin = await reachableBinaries(dataDir);
  const password = await initialise(bin, cluster, account);
  const running = await runningPlace(bin, cluster, account);
  const place = running ?? (await launch(bin, cluster, account, options));
  const users = usersFolder(dataDir);
  await mkdir(users, { recursive: true });
  await writeFile(join(users, String(process.pid)), '');
  const leaveAlone = options.isKeptRunning
    ? keepRunning({
        wasKilled: () => wasKilled(cluster),
        start: async () => (await launchOn(place, bin, cluster, account, options.fast ?? false))?.log ?? null,
      })
    : async () => {};
  return {
    url: (database) => addressOf(place, `${SUPERUSER}:${password}`, database),
    appUrl: (database) => addressOf(place, `${APP_ROLE}:${appPassword(password)}`, database),
    stop: async () => {
      await leaveAlone();
      await rm(join(users, String(process.pid)), { force: true });
      if (await hasLivingUser(users)) return;
      if ((await runningPlace(bin, cluster, account)) === null) return; // it ended before us
      await pgCtl(bin, account, ['stop', '-D', cluster, '-m', 'fast', '-w']);
    },
  };
}

/** Names host and port too: for tools that know no sockets. */
function addressOf({ port, socketFolder }: Place, credentials: string, database: string): string {
  const socket = socketFolder === '' ? '' : `?host=${encodeURIComponent(socketFolder)}`;
  return `postgresql://${credentials}@127.0.0.1:${port}/${database}${socket}`;
}

/** The password of the product's role: one that need not be kept, since the owner's is. */
function appPassword(ownerPassword: string): string {
  return createHmac('sha256', ownerPassword).update(APP_ROLE).digest('base64url');
}

/** A file for each process that works with the server, named by its id. */
function usersFolder(dataDir: string): string {
  return resolve(dataDir, 'postgres.users');
}

/** True while another process works with the server: the last one stops it. */
async function hasLivingUser(users: string): Promise<boolean> {
  const pids = (await readdir(users).catch(() => [])).map(Number);
  return pids.some((pid) => pid !== process.pid && isAlive(pid));
}

/** A server that is stopped takes its lock file away; one that is killed leaves it. */
async function wasKilled(cluster: string): Promise<boolean> {
  const lock = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number(lock.split('\n', 1)[0]);
  return pid > 0 && !isAlive(pid);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function accountFor(cluster: string): Promise<Account> {
  if (userInfo().uid !== 0) return { prefix: [] };
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'nobody'])).stdout)),
  );
  const owner = await stat(cluster);
  if (owner.uid !== uid) await chown(cluster, uid!, gid!);
  if (await isOpenToAll(dirname(cluster))) return { prefix: [], uid, gid };
  // The folder stands below one that only root may enter: the server keeps that one privilege of root, and no other.
  return {
    prefix: [
      'setpriv',
      `--reuid=${uid}`,
      `--regid=${gid}`,
      '--clear-groups',
      '--inh-caps=+dac_override',
      '--ambient-caps=+dac_override',
      '--bounding-set=-all,+dac_override',
      '--',
    ],
  };
}

async function initialise(bin: string, cluster: string, account: Account): Promise<string> {
  const passwordFile = join(dirname(cluster), 'postgres.password');
  if (await exists(join(cluster, 'PG_VERSION'))) {
    if (!(await exists(passwordFile))) {
      throw new Error(
        `The database in ${cluster} opens with the password in ${passwordFile}, which is missing. ` +
          'Copy that file from where the folder was copied from.',
      );
    }
    await keepToRoot(passwordFile, account);
    return (await readFile(passwordFile, 'utf8')).trim();
  }
  const password = randomBytes(24).toString('base64url');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account.uid !== undefined) await chown(passwordFile, account.uid, account.gid!); // initdb reads it
  await execute(account, join(bin, 'initdb'), [
    '-D',
    cluster,
    '-U',
    SUPERUSER,
    `--pwfile=${passwordFile}`,
    '-A',
    'scram-sha-256',
    '-E',
    'UTF8',
    '--locale=C',
    '--locale-provider=builtin', // the order of C, and every script's capital and small letters
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ]);
  await keepToRoot(passwordFile, account);
  return password;
}

/** Other programs that run as the server's account must not read it. */
async function keepToRoot(passwordFile: string, account: Account): Promise<void> {
  if (account.uid !== undefined || account.prefix.length > 0) await chown(passwordFile, 0, 0);
}

/** Where the server of this cluster listens, if it runs: one of another process of ours, or one that a kill left. */
async function runningPlace(bin: string, cluster: string, account: Account): Promise<Place | null> {
  const status = await pgCtl(bin, account, ['status', '-D', cluster]).catch(() => null);
  if (status === null) return null;
  const [, , , port, socketFolder] = (await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n');
  return { port: Number(port), socketFolder: socketFolder ?? '' };
}

/**
 * Another process can be given the port between our look and PostgreSQL's: then another is tried. Not every file system
 * takes sockets: then it listens on loopback alone.
 */
async function launch(
  bin: string,
  cluster: string,
  account: Account,
  options: LaunchOptions,
): Promise<Place> {
  let socketFolder = socketFolderIn(cluster);
  for (let attempt = 1; ; attempt += 1) {
    const place = { port: await (options.port ?? freePort)(), socketFolder };
    const failure = await launchOn(place, bin, cluster, account, options.fast ?? false);
    if (failure === null) return place;
    const lacksSocket = /could not (bind|create|listen on) .*Unix/.test(failure.log);
    if (attempt === 3 || !(lacksSocket || failure.log.includes('Address already in use'))) {
      throw new Error(`The embedded PostgreSQL in ${cluster} did not start.\n${failure.log}`, {
        cause: failure.cause,
      });
    }
    if (lacksSocket) socketFolder = '';
  }
}

/**
 * The cluster's own folder, which only its account may enter. None on Windows, where its path is too long, or where
 * that reads as a list of folders.
 */
function socketFolderIn(cluster: string): string {
  const bytes = Buffer.byteLength(`${cluster}${LONGEST_SOCKET_NAME}`) + 1;
  const isPlain = !/[",]/.test(cluster) && cluster === cluster.trim();
  return process.platform !== 'win32' && isPlain && bytes <= SOCKET_ADDRESS_MAX_BYTES ? cluster : '';
}

/** Gives up durability, the cost of a sign-in, and plans made for the values of one use. */
const FAST = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  plan_cache_mode: 'force_generic_plan',
  scram_iterations: 1,
};

async function launchOn(
  { port, socketFolder }: Place,
  bin: string,
  cluster: string,
  account: Account,
  fast: boolean,
) {
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: socketFolder,
    max_connections: 200,
    ...(fast ? FAST : {}),
  };
  const flags = Object.entries(settings).map(([name, value]) => `-c ${name}=${quoted(String(value))}`);
  const log = join(cluster, 'server.log');
  const start = ['start', '-D', cluster, '-w', '-t', '60', '-l', log, '-o', flags.join(' ')];
  return pgCtl(bin, account, start).then(
    () => null,
    async (cause: unknown) => {
      const lines = (await readFile(log, 'utf8').catch(() => '')).split('\n');
      return { cause, log: lines.slice(-15).join('\n') };
    },
  );
}

/** As the shell reads it that pg_ctl starts the server with. */
function quoted(value: string): string {
  if (/^[\w./-]+$/.test(value)) return value;
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

const PASSED_ON = ['PATH', 'TZ', 'SystemRoot', 'windir', 'ComSpec', 'TEMP', 'TMP', 'USERNAME', 'USERPROFILE'];

/** What PostgreSQL needs of the environment. The rest holds secrets, which its account could read in /proc. */
function serverEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => PASSED_ON.includes(name));
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}

function pgCtl(bin: string, account: Account, args: string[]): Promise<string> {
  return execute(account, join(bin, 'pg_ctl'), args);
}

async function execute(account: Account, command: string, args: string[]): Promise<string> {
  const [file, ...rest] = [...account.prefix, command, ...args];
  const options = { uid: account.uid, gid: account.gid, cwd: '/', env: serverEnvironment(process.env) };
  return (await run(file!, rest, options)).stdout;
}

async function freePort(): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolvePort(port));
    });
  });
}

async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}
