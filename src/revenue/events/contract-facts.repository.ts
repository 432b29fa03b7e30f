import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { dayOfOrgSql } from '../../orgs/time-zones/day-of-org-sql.js';
import { percentIn } from '../../platform/money/charge-amount.js';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import { DOCUMENT_FACTS, PAYMENT_FACTS, WANTED_CONTRACTS, WORK_FACTS } from './contract-facts-sql.js';
import type { ContractFacts } from './contract-facts.js';

/** As the statement answers them: a milestone has the share or the amount of its entry. */
type StoredFacts = Omit<ContractFacts, 'milestones'> & {
  milestones: { sequence: number; on: CalendarDay; percent: number | null; cents: number | null }[];
};

/**
 * What the accounting of contracts follows from, out of the tables of the features. A credit has the day of its credit
 * memo where the mirror of the books knows it, else that of its use, from which it settles its invoice; one that a
 * journal entry on an expense account makes is a write-off. Reads only.
 */
@Injectable()
export class ContractFactsRepository {
  /** The facts of these contracts. Instants become days of the organisation, in the time zone that it had then. */
  async list(
    tx: EntityManager,
    orgId: number,
    contractIds: readonly number[],
    timeZone: string,
  ): Promise<ContractFacts[]> {
    const rows = await tx.query<{ facts: StoredFacts }[]>(
      `with ${WANTED_CONTRACTS},${DOCUMENT_FACTS},${PAYMENT_FACTS},${WORK_FACTS}
       select json_build_object(
                'contractId', k.id, 'proposalId', k.proposal_id, 'currency', k.currency, 'policy', k.revenue_policy,
                'depositMode', k.deposit_mode, 'isTaxCountedThere',
                k.tax_mode <> 'ours' and coalesce(k.tax_code, k.exempt_tax_code) is null,
                'valueCents', k.value_cents - coalesce(h.cents, 0),
                'completedOn', k.completed_on,
                'cancelledOn', ${dayOfOrgSql('k.cancelled_at', '$3')}, 'changes', coalesce(h.facts, '[]'),
                'memos', coalesce(o.facts, '[]'),
                'invoices', coalesce(i.facts, '[]'), 'applications', coalesce(a.facts, '[]'),
                'payments', coalesce(p.facts, '[]'), 'returns', coalesce(r.facts, '[]'),
                'payouts', coalesce(y.facts, '[]'), 'leftOut', coalesce(l.facts, '[]'),
                'lossesNotOwed', coalesce(u.facts, '[]'),
                'receipts', coalesce(t.facts, '[]'), 'failedRefunds', coalesce(f.facts, '[]'),
                'milestones', coalesce(m.facts, '[]'), 'progress', coalesce(g.facts, '[]')) as facts
         from wanted k
         left join invoice_facts i on i.proposal_id = k.proposal_id
         left join application_facts a on a.proposal_id = k.proposal_id
         left join memo_facts o on o.proposal_id = k.proposal_id
         left join change_facts h on h.contract_id = k.id
         left join payment_facts p on p.proposal_id = k.proposal_id
         left join return_facts r on r.proposal_id = k.proposal_id
         left join payout_facts y on y.proposal_id = k.proposal_id
         left join left_out_facts l on l.proposal_id = k.proposal_id
         left join loss_facts u on u.proposal_id = k.proposal_id
         left join receipt_facts t on t.proposal_id = k.proposal_id
         left join failed_facts f on f.proposal_id = k.proposal_id
         left join milestone_facts m on m.contract_id = k.id
         left join progress_facts g on g.contract_id = k.id
        order by k.id`,
      [orgId, contractIds, timeZone],
    );
    return rows.map(({ facts }) => ({
      ...facts,
      milestones: facts.milestones.map(({ sequence, on, percent, cents }) => ({
        sequence,
        on,
        cents: cents ?? percentIn(facts.currency, facts.valueCents, percent ?? 0),
      })),
    }));
  }
}
