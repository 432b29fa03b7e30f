import { Injectable } from '@nestjs/common';
import type { InvoiceKey } from '../../../../invoices/invoice-key.js';
import type { Lead } from '../../../../proposals/rows/lead.entity.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import { BlockedOperationsService } from '../../../operations/questions/blocked-operations.service.js';
import { isBlocked } from '../../../operations/operation-state.js';
import { InvoicePushService } from '../create/invoice-push.service.js';
import { InvoiceTriesService } from '../create/invoice-tries.service.js';
import { isUnderWay, mayBeMade } from '../create/invoice-try.js';
import { UntiedInvoiceService } from '../create/untied-invoice.service.js';

/** Whether what was called off is over, or QuickBooks, here or in the company before, has yet to say if it made it. */
type CalledOff = 'over' | 'in_doubt' | 'left_in_doubt' | 'elsewhere';

/** Of what is to be called off: a worker that takes it up meanwhile is done with it, or lets go of it, by then. */
const LOOKS_MAX = 5;

/** Ends the making of an invoice that is not wanted any more. */
@Injectable()
export class InvoiceCallingOffService {
  constructor(
    private readonly untied: UntiedInvoiceService,
    private readonly tries: InvoiceTriesService,
    private readonly blocked: BlockedOperationsService,
    private readonly pushes: InvoicePushService,
  ) {}

  /**
   * What was sent is looked for, and is known where QuickBooks has it; nothing more is sent. What was refused is no
   * question any more, so that no retry of many makes it. A worker may take it up between the look and its end, and let
   * go of it unfinished, so it is looked at again.
   */
  async callOff(company: QboCompany, proposal: Lead, key: InvoiceKey, why: string): Promise<CalledOff> {
    await this.untied.tieAgain(company, proposal, key);
    let wasLookedFor = false;
    for (let looks = 1; looks <= LOOKS_MAX; looks += 1) {
      const wanted = await this.tries.newest(proposal, key);
      if (!wanted) return 'over';
      const { operation } = wanted;
      if (operation.state === 'refused') await this.blocked.closeRefused(operation);
      if (isBlocked(operation)) {
        await this.blocked.cancel(operation, why);
        continue;
      }
      // Only the company that it was sent to can say whether it was made.
      if (mayBeMade(operation) && operation.realmId !== company.realmId) return 'elsewhere';
      if (operation.state === 'needs_person') {
        if (!(await this.blocked.cancelAnswered(operation, why))) return 'left_in_doubt';
        continue;
      }
      if (operation.state === 'done' || !isUnderWay(operation)) return 'over';
      if (wasLookedFor && mayBeMade(operation)) return 'in_doubt';
      await this.pushes.push(company, proposal, wanted, why);
      wasLookedFor = true;
    }
    return 'in_doubt';
  }
}
