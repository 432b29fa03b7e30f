import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CreditMemosRepository } from '../../../contracts/credits/credit-memos.repository.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { QboClient } from '../../api/qbo.client.js';
import { CreditMemoProjectorService } from './credit-memo-projector.service.js';

/**
 * Reads the credit memos of change orders that an invoice had used once that is voided from here: they are on none
 * again, which nothing else tells before the next poll, and whoever voids an invoice cancels its proposal next. A
 * metered read where there are any, else none.
 */
@Injectable()
export class FreedCreditsService {
  private readonly logger = new Logger(FreedCreditsService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly credits: CreditMemosRepository,
    private readonly client: QboClient,
    private readonly projector: CreditMemoProjectorService,
  ) {}

  /** The void is done, whatever comes of this: where they cannot be read or kept, the next poll brings them. */
  async follow(company: QboCompany, invoiceId: number): Promise<void> {
    try {
      const ids = await this.credits.listUsedOn(this.dataSource.manager, company, invoiceId);
      if (ids.length === 0) return;
      const { read } = await this.client.credits.findByIds(company, ids);
      const changes = read.map((object) => ({ id: object.id, deleted: false, object }) as const);
      await this.dataSource.transaction((tx) => this.projector.applyIn(tx, company, changes));
    } catch (error) {
      const level = error instanceof QboError ? 'warn' : 'error';
      this.logger[level](
        { err: error, orgId: company.orgId, invoiceId },
        'Credit memos of a voided invoice not read yet',
      );
    }
  }
}
