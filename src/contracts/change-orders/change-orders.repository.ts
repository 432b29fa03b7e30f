import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { getByKey } from '../../platform/database/statements/find-by-key.js';
import { assertSameRequest, type KeyedRequest } from '../../platform/http/keyed-request.js';
import type { Contract } from '../contract.entity.js';
import { ContractEntry } from '../schedule/contract-entry.entity.js';
import { ContractLine } from '../contract-line.entity.js';
import { ChangeOrder } from './change-order.entity.js';
import { ChangeOrderLine } from './change-order-line.entity.js';
import { CreditMemo } from '../credits/credit-memo.entity.js';
import type { ScheduledEntry } from '../schedule/entry-plan.js';

export type PricedChangeLine = Pick<
  ChangeOrderLine,
  'description' | 'quantity' | 'unitPriceCents' | 'amountCents'
>;

export interface NewChangeOrder {
  description: string;
  deltaCents: number;
  lines: readonly PricedChangeLine[];
  createdBy: number;
}

/** A change order with its lines, and the newest credit memo of it. */
export interface WholeChangeOrder {
  order: ChangeOrder;
  lines: readonly ChangeOrderLine[];
  creditMemo: CreditMemo | null;
}

/** The change orders of contracts. Whoever writes holds the contract's lock. */
@Injectable()
export class ChangeOrdersRepository {
  async insert(tx: EntityManager, contract: Contract, draft: NewChangeOrder, at: Date): Promise<ChangeOrder> {
    const { orgId, id: contractId } = contract;
    const { description, deltaCents, createdBy, lines } = draft;
    const last = await tx.maximum(ChangeOrder, 'number', { orgId, contractId });
    const { identifiers } = await tx.insert(ChangeOrder, {
      orgId,
      contractId,
      number: (last ?? 0) + 1,
      description,
      deltaCents,
      createdBy,
      state: 'draft',
      createdAt: at,
      updatedAt: at,
    });
    const changeOrderId = identifiers[0]!.id as number;
    await tx.insert(
      ChangeOrderLine,
      lines.map((line, index) => ({ ...line, orgId, changeOrderId, position: index + 1 })),
    );
    return this.getById(tx, orgId, changeOrderId);
  }

  async find(
    tx: EntityManager,
    { orgId, id: contractId }: Contract,
    number: number,
  ): Promise<ChangeOrder | null> {
    return tx.findOneBy(ChangeOrder, { orgId, contractId, number });
  }

  /**
   * The one that was drafted under the client's key; null for the first time. Throws a conflict where it was drafted by
   * another request.
   */
  async madeUnder(
    tx: EntityManager,
    { orgId, id: contractId }: Contract,
    request: KeyedRequest,
  ): Promise<ChangeOrder | null> {
    const [made] = await tx.query<{ id: number; number: number; hash: Buffer }[]>(
      `select id, number, request_hash as hash from change_orders
        where org_id = $1 and contract_id = $2 and request_key = $3`,
      [orgId, contractId, request.key],
    );
    if (!made) return null;
    assertSameRequest(request, made.hash, `change order ${made.number}`);
    return this.getById(tx, orgId, made.id);
  }

  async keepRequest(
    tx: EntityManager,
    { orgId, id }: ChangeOrder,
    { key, hash }: KeyedRequest,
  ): Promise<void> {
    await tx.query(
      'update change_orders set request_key = $3, request_hash = $4 where org_id = $1 and id = $2',
      [orgId, id, key, hash],
    );
  }

  async count(tx: EntityManager, { orgId, id: contractId }: Contract): Promise<number> {
    return tx.countBy(ChangeOrder, { orgId, contractId });
  }

  /** All of a contract, in their order. */
  async listOf(tx: EntityManager, { orgId, id: contractId }: Contract): Promise<WholeChangeOrder[]> {
    const orders = await tx.find(ChangeOrder, { where: { orgId, contractId }, order: { number: 'ASC' } });
    return this.whole(tx, orgId, orders);
  }

  async wholeOf(tx: EntityManager, order: ChangeOrder): Promise<WholeChangeOrder> {
    return (await this.whole(tx, order.orgId, [order]))[0]!;
  }

  /** Makes it part of the contract: its lines, and the entry that bills it where it has one. Answers the lines. */
  async approve(
    tx: EntityManager,
    contract: Contract,
    { order, lines }: WholeChangeOrder,
    approval: Pick<ChangeOrder, 'approvedBy' | 'approvedAt' | 'reason'>,
    entry: ScheduledEntry | null,
  ): Promise<{ id: number }[]> {
    const { orgId, id: contractId } = contract;
    const last = await tx.maximum(ContractLine, 'position', { orgId, contractId });
    const { identifiers } = await tx.insert(
      ContractLine,
      lines.map(({ description, amountCents }, index) => ({
        orgId,
        contractId,
        changeOrderId: order.id,
        position: (last ?? 0) + index + 1,
        description,
        amountCents,
      })),
    );
    if (entry) await tx.insert(ContractEntry, { ...entry, orgId, contractId, changeOrderId: order.id });
    await this.update(tx, order, { ...approval, state: 'approved', updatedAt: approval.approvedAt! });
    return identifiers as { id: number }[];
  }

  /** Takes its lines and its entry out of the contract. */
  async takeBack(tx: EntityManager, { orgId, id: changeOrderId }: ChangeOrder): Promise<void> {
    await tx.delete(ContractEntry, { orgId, changeOrderId });
    await tx.delete(ContractLine, { orgId, changeOrderId });
  }

  /** True where a line of it stands on an invoice or a credit memo, whatever became of that. */
  async isBilled(tx: EntityManager, { orgId, id }: ChangeOrder): Promise<boolean> {
    const [row] = await tx.query<{ billed: boolean }[]>(
      `select exists (
         select from contract_lines c
          where c.org_id = $1 and c.change_order_id = $2
            and (exists (select from invoice_lines i where i.org_id = c.org_id and i.contract_line_id = c.id)
              or exists (select from credit_memo_lines m where m.org_id = c.org_id and m.contract_line_id = c.id))
       ) as billed`,
      [orgId, id],
    );
    return row!.billed;
  }

  async update(
    tx: EntityManager,
    { orgId, id }: ChangeOrder,
    facts: Partial<Omit<ChangeOrder, 'orgId' | 'id'>>,
  ): Promise<void> {
    await tx.update(ChangeOrder, { orgId, id }, facts);
  }

  async getById(tx: EntityManager, orgId: number, id: number): Promise<ChangeOrder> {
    return getByKey(tx, ChangeOrder, { orgId, id });
  }

  private async whole(
    tx: EntityManager,
    orgId: number,
    orders: readonly ChangeOrder[],
  ): Promise<WholeChangeOrder[]> {
    if (orders.length === 0) return [];
    const changeOrderId = In(orders.map(({ id }) => id));
    const lines = await tx.find(ChangeOrderLine, {
      where: { orgId, changeOrderId },
      order: { position: 'ASC' },
    });
    const memos = await tx.find(CreditMemo, {
      where: { orgId, changeOrderId },
      order: { generation: 'DESC' },
    });
    return orders.map((order) => ({
      order,
      lines: lines.filter((line) => line.changeOrderId === order.id),
      creditMemo: memos.find((memo) => memo.changeOrderId === order.id) ?? null,
    }));
  }
}
