import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { customerErased } from '../../customers/customer-erased.js';
import { customerNameSql } from '../../customers/customer-name-sql.js';

/** What is about a proposal, or about none. */
interface OfProposal {
  orgId: number;
  proposalId: number | null;
}

/** Who the customer of a proposal is, for those who know its id alone. Only reads. */
@Injectable()
export class ProposalCustomersRepository {
  /** The name, or else the e-mail; null without a customer. */
  async nameOf(tx: EntityManager, { orgId, proposalId }: OfProposal): Promise<string | null> {
    const [row] = await tx.query<{ name: string }[]>(
      `select ${customerNameSql('c')} as name
         from leads l join customers c on c.org_id = l.org_id and c.id = l.customer_id
        where l.org_id = $1 and l.id = $2`,
      [orgId, proposalId],
    );
    return row?.name ?? null;
  }

  async idOf(tx: EntityManager, { orgId, proposalId }: OfProposal): Promise<number | null> {
    const [row] = await tx.query<{ customerId: number | null }[]>(
      'select customer_id as "customerId" from leads where org_id = $1 and id = $2',
      [orgId, proposalId],
    );
    return row?.customerId ?? null;
  }

  /** Throws a conflict where the personal data of the customer was erased: nothing of theirs is invoiced any more. */
  async assertNotErased(tx: EntityManager, { orgId, proposalId }: OfProposal): Promise<void> {
    const [erased] = await tx.query<{ id: number }[]>(
      `select c.id from leads l join customers c on c.org_id = l.org_id and c.id = l.customer_id
        where l.org_id = $1 and l.id = $2 and c.erased_at is not null`,
      [orgId, proposalId],
    );
    if (erased) throw customerErased(erased.id);
  }
}
