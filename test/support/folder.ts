import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TestFolder extends AsyncDisposable {
  readonly path: string;
}

/** An empty folder of its own, gone at the end. */
export async function aFolder(): Promise<TestFolder> {
  const path = await mkdtemp(join(tmpdir(), 'crm-folder-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
