import type { QboCompany } from '../model/qbo-company.js';

const REFUSED_FOR_MS = 3_600_000;

/**
 * The companies of which QuickBooks refused to answer a question, as far as this process knows. It is not asked again
 * with each poll, but after an hour: rights may be given meanwhile.
 */
export class Refusals {
  private readonly untilMs = new Map<string, number>();

  has(company: QboCompany, now: Date): boolean {
    return (this.untilMs.get(keyOf(company)) ?? 0) > now.getTime();
  }

  note(company: QboCompany, now: Date): void {
    this.untilMs.set(keyOf(company), now.getTime() + REFUSED_FOR_MS);
  }

  forget(company: QboCompany): void {
    this.untilMs.delete(keyOf(company));
  }
}

function keyOf({ orgId, realmId }: QboCompany): string {
  return `${orgId}:${realmId}`;
}
