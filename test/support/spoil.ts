import { vi } from 'vitest';
import { SdkClient } from '../../src/qbo-sync/api/http/sdk.client.js';
import type { TestApp } from './app.js';

/** A record as QuickBooks answers it. */
interface AnsweredRow {
  Id: string;
  PrivateNote?: string;
}

/**
 * From now on QuickBooks answers some records of an entity, when it lists them, with fields that nobody can read, as
 * a bug there or an old import leaves them. Answers what makes them readable again.
 */
export function spoil(
  { app }: TestApp,
  entity: string,
  isSpoilt: (row: AnsweredRow) => boolean,
  fields: object = { TotalAmt: 'many' },
): () => void {
  const client = app.get(SdkClient);
  const real = client.send.bind(client);
  const spy = vi.spyOn(client, 'send').mockImplementation(async (...call) => {
    const answer = await real(...call);
    if (!('status' in answer) || answer.status !== 200) return answer;
    const body = JSON.parse(answer.text) as { QueryResponse?: Record<string, AnsweredRow[]> };
    const rows = body.QueryResponse?.[entity];
    if (!Array.isArray(rows)) return answer;
    body.QueryResponse![entity] = rows.map((row) => (isSpoilt(row) ? { ...row, ...fields } : row));
    const text = JSON.stringify(body);
    return { ...answer, text, bytes: Buffer.from(text) };
  });
  return () => spy.mockRestore();
}
