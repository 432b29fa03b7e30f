import { expect, it } from 'vitest';
import { hasOthers } from './demo-database.ts';

it('A database that cannot be asked is not taken for one without organisations of others', async () => {
  await expect(hasOthers('postgresql://nobody:x@127.0.0.1:1/demo')).rejects.toThrow('ECONNREFUSED');
});
