import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import type { Lead } from './lead.entity.js';
import type { PricedLine } from '../proposal-amount.js';
import { ProposalLine } from './proposal-line.entity.js';

/** The lines of proposals, in their order. */
@Injectable()
export class ProposalLinesRepository {
  /** Puts these lines in place of whatever the proposal had. */
  async replace(
    tx: EntityManager,
    proposal: Pick<Lead, 'id' | 'orgId'>,
    lines: readonly PricedLine[],
  ): Promise<void> {
    const { id: proposalId, orgId } = proposal;
    await tx.delete(ProposalLine, { orgId, proposalId });
    await tx.insert(
      ProposalLine,
      lines.map((line, index) => ({ ...line, orgId, proposalId, position: index + 1 })),
    );
  }

  /** The lines of several proposals of one organisation, by proposal. */
  async listOf(
    tx: EntityManager,
    orgId: number,
    proposalIds: readonly number[],
  ): Promise<ReadonlyMap<number, ProposalLine[]>> {
    const lines = await tx.find(ProposalLine, {
      where: { orgId, proposalId: In([...proposalIds]) },
      order: { proposalId: 'ASC', position: 'ASC' },
    });
    return Map.groupBy(lines, (line) => line.proposalId);
  }
}
