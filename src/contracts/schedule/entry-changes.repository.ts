import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { prepared } from '../../platform/database/statements/prepared.js';
import { type EntryChange, namedKey } from './entry-change.js';
import type { InvoiceKey, NamedKey } from '../../invoices/invoice-key.js';

const CHANGES_OF_ENTRIES = prepared(
  `select e.kind, e.sequence, o.number, o.description
     from contracts c
     join contract_entries e on e.org_id = c.org_id and e.contract_id = c.id
     join change_orders o on o.org_id = e.org_id and o.id = e.change_order_id
    where c.org_id = $1 and c.proposal_id = $2`,
);

/** Knows which entries of a contract bill a change order by itself. */
@Injectable()
export class EntryChangesRepository {
  async listOfProposal(tx: EntityManager, orgId: number, proposalId: number): Promise<EntryChange[]> {
    return tx.query<EntryChange[]>(CHANGES_OF_ENTRIES, [orgId, proposalId]);
  }

  /** The entry with the change order that it bills. */
  async name(tx: EntityManager, orgId: number, proposalId: number, key: InvoiceKey): Promise<NamedKey> {
    // Only progress entries bill one.
    const changes = key.kind === 'progress' ? await this.listOfProposal(tx, orgId, proposalId) : [];
    return namedKey(key, changes);
  }
}
