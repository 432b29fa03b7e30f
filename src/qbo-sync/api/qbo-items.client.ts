import { Injectable } from '@nestjs/common';
import { assertAllRead } from './errors/all-read.js';
import type { SdkCall } from './http/sdk.client.js';
import { ACTIVE_OR_NOT, ALL_ROWS, where } from './mappers/queries/criteria.js';
import { ITEM } from './mappers/reading/entities.js';
import { canStandOnLine, sameName } from './mappers/queries/matching.js';
import { itemPayload } from './mappers/writing/to-qbo.js';
import type { QboCompany } from './model/qbo-company.js';
import type { ItemDraft, QboItem } from './model/qbo-objects.js';
import { EntityCallsService } from './pipeline/entity-calls.service.js';
import type { CallOptions, CallResult } from './pipeline/qbo-http-pipeline.service.js';

/** Items: products, services and what else can stand on a line. Throws QboError. */
@Injectable()
export class QboItemsClient {
  constructor(private readonly calls: EntityCallsService) {}

  /**
   * The item of this name: what can stand on a line before what cannot, an active one first; null when there is none.
   * One that cannot be read is no matter where another of the name will do.
   */
  async findByName(company: QboCompany, name: string, options?: CallOptions): Promise<QboItem | null> {
    const criteria = where([['Name', name], ACTIVE_OR_NOT], ALL_ROWS);
    const send: SdkCall = (sdk, done) => sdk.findItems(criteria, done);
    const rows = await this.calls.rows(company, 'item.query', ITEM, send, options);
    const named = rows.read.filter((item) => sameName(item.name, name));
    const onLines = named.filter(canStandOnLine);
    const active = onLines.find((item) => item.active);
    if (!active) assertAllRead(rows, 'item.query');
    return active ?? onLines[0] ?? named[0] ?? null;
  }

  create(company: QboCompany, draft: ItemDraft, requestId: string): Promise<CallResult<QboItem>> {
    const payload = itemPayload(draft);
    const send: SdkCall = (sdk, done) => sdk.createItem({ ...payload, requestId }, done);
    return this.calls.write(company, 'item.create', ITEM, send, requestId);
  }
}
