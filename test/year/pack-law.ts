import { createHash } from 'node:crypto';
import { type Difference, equal } from './difference.js';
import type { Year } from './year.js';

/** Closed months have the figures, the hash and the chain that they were closed with. */
export async function packLaw(year: Year): Promise<Difference[]> {
  const differences: Difference[] = [];
  let previous: string | null = null;
  for (const { month, hash } of year.closed) {
    const pack = await year.read(`/periods/${month}/pack`);
    differences.push(
      ...equal(`pack ${month}`, [pack.verified, pack.pack_hash], [true, hash]),
      ...equal(`chain ${month}`, pack.previous_hash, previous),
    );
    const text = await year.contractor.admin.get(`/periods/${month}/pack?format=hashed`);
    const digest = createHash('sha256')
      .update(text.body as string)
      .digest('hex');
    differences.push(...equal(`hash ${month}`, digest, hash));
    previous = hash;
  }
  return differences;
}
