import { expect, it } from 'vitest';
import { measure } from './measure.ts';

it('creates ten thousand invoices in one call, and answers pages of them', async () => {
  const { createSeconds, pageMs } = await measure(10_000);
  // Forty times what the command shows on an idle machine: other tests share this one's processors.
  expect(createSeconds).toBeLessThan(60);
  expect(pageMs).toBeLessThan(1_200);
});
