import { vi } from 'vitest';
import { SdkClient } from '../../src/qbo-sync/api/http/sdk.client.js';
import type { TestApp } from './app.js';

/** A record as QuickBooks answers it. */
interface AnsweredRow {
  Id: string;
  PrivateNote?: string;
}

/**
 * From now on QuickBooks answers some records of an entity, in lists and by themselves, with fields that nobody can
 * read, as a bug there or an old import leaves them. Answers what makes them readable again.
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
    const body = JSON.parse(answer.text) as Record<string, unknown> & {
      QueryResponse?: Record<string, unknown>;
      CDCResponse?: { QueryResponse: Record<string, unknown>[] }[];
    };
    const spoilt = (row: AnsweredRow): AnsweredRow => (isSpoilt(row) ? { ...row, ...fields } : row);
    const changes = (body.CDCResponse ?? []).flatMap((response) => response.QueryResponse);
    const blocks = [...changes, body.QueryResponse ?? {}].filter((block) => Array.isArray(block[entity]));
    for (const block of blocks) block[entity] = (block[entity] as AnsweredRow[]).map(spoilt);
    if (body[entity]) body[entity] = spoilt(body[entity] as AnsweredRow);
    else if (blocks.length === 0) return answer;
    const text = JSON.stringify(body);
    return { ...answer, text, bytes: Buffer.from(text) };
  });
  return () => spy.mockRestore();
}
