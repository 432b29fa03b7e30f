import { register } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { MONEY_COUNTERS, ORGS_BEGUN_MAX, PORTAL_MONEY } from './counters.js';
import { MetricsService } from './metrics.service.js';

describe('The counters of an organisation', () => {
  it('begin at 0 for some hundreds, for any other with the first event, but for money through the portal', async () => {
    const metrics = new MetricsService();
    const last = ORGS_BEGUN_MAX;
    for (let orgId = 1; orgId <= last + 1; orgId += 1) {
      metrics.introduceOrg(orgId);
      metrics.introduceCurrency(orgId, 'EUR');
      metrics.introduceCalls(orgId, 'item.read');
    }
    const seriesOf = async (orgId: number): Promise<string[]> =>
      (await register.metrics()).split('\n').filter((line) => line.includes(`org_id="${orgId}"`));
    for (const name of MONEY_COUNTERS)
      expect(await seriesOf(last)).toContain(`${name}{org_id="${last}",currency="EUR"} 0`);
    expect(await seriesOf(last)).toContain(`crm_invoices_paid_total{org_id="${last}"} 0`);
    expect(await seriesOf(last)).toContain(
      `crm_qbo_api_errors_total{org_id="${last}",operation="item.read"} 0`,
    );
    const other = last + 1;
    const money = `${PORTAL_MONEY}{org_id="${other}",currency="EUR"} 0`;
    expect(await seriesOf(other)).toEqual([money]);
    metrics.count('crm_invoices_paid_total', { org_id: other });
    expect(await seriesOf(other)).toEqual([`crm_invoices_paid_total{org_id="${other}"} 1`, money]);
  });
});
