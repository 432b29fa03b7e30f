import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Prometheus and its tool, where this machine has them on its PATH. */
export const programs = { prometheus: find('prometheus'), promtool: find('promtool') };

function find(name: string): string | undefined {
  const places = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return places.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
