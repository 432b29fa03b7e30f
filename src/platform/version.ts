import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The version in package.json, which stands above this file both as source and as build. */
export const VERSION: string = readVersion(import.meta.dirname);

function readVersion(folder: string): string {
  try {
    return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
  } catch (error) {
    if (folder === dirname(folder)) throw error;
    return readVersion(dirname(folder));
  }
}
