import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A built version of the product: how its own folder says that it is started. */
export interface BuiltVersion {
  root: string;
  version: string;
  /** What `node` is given. */
  start: readonly string[];
  /** The tool that makes organisations. */
  createOrg: string;
  /** Versions before the roles of the database sign in as the owner of the tables. */
  knowsOwner: boolean;
}

/** Reads the folder of a version. Throws where it is none, or there is no build in it. */
export function builtVersionIn(folder: string): BuiltVersion {
  const root = resolve(folder);
  const manifest = join(root, 'package.json');
  if (!existsSync(manifest)) throw new Error(`${root} is no folder of a version`);
  const { version, scripts } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    version: string;
    scripts: Record<string, string>;
  };
  if (!existsSync(join(root, 'dist/src/main.js')))
    throw new Error(`There is no build to run in ${root}: npm ci && npm run build`);
  const built = (part: string): string => part.replace(/^(\.\/)?dist/, join(root, 'dist'));
  const variables = join(root, '.env.example');
  return {
    root,
    version,
    start: scripts['start:prod']!.split(' ').slice(1).map(built),
    createOrg: built(/dist\/\S+/.exec(scripts['org:create']!)![0]),
    knowsOwner: existsSync(variables) && readFileSync(variables, 'utf8').includes('DATABASE_MIGRATE_URL'),
  };
}
