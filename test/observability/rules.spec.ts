import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { asked, dashboardCalled, PROMETHEUS, ROOT, rules, unknownIn, yamlOf } from './boards.js';
import { compose } from './containers.js';
import { programs } from './programs.js';

const run = promisify(execFile);
const { promtool } = programs;
const alerts = rules.filter((rule) => rule.alert);
const testFiles = readdirSync(join(PROMETHEUS, 'tests'));

interface Story {
  alert_rule_test?: { alertname: string; exp_alerts: { exp_labels: { source?: string } }[] }[];
}
const stories = testFiles
  .flatMap((file) => (yamlOf('grafana/prometheus/tests', file) as { tests: Story[] }).tests)
  .flatMap((story) => story.alert_rule_test ?? []);

describe('The rules', () => {
  it('name only metrics and labels that there are', () => {
    expect(rules.flatMap((rule) => unknownIn(rule.expr))).toEqual([]);
  });

  it.each(alerts)('$alert says how bad it is, what it is and what to do', ({ labels, annotations }) => {
    expect(['critical', 'warning']).toContain(labels!.severity);
    expect(Object.keys(annotations!)).toEqual(['summary', 'description', 'runbook_url']);
  });

  const runbook = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
  const anchors = [...runbook.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
  it.each(alerts)(
    '$alert links to its part of the runbook, by an address that is whole',
    ({ annotations }) => {
      const [, anchor] = /^\{\{ \$externalLabels\.runbook \}\}#([\w-]+)$/.exec(annotations!.runbook_url!)!;
      expect(anchors).toContain(anchor);
      const { global, alerting } = yamlOf('grafana/prometheus/prometheus.yml') as {
        global: { external_labels: object };
        alerting: { alert_relabel_configs: object[] };
      };
      expect(global.external_labels).toEqual({ runbook: `\${RUNBOOK_URL}` });
      expect(alerting.alert_relabel_configs).toEqual([{ action: 'labeldrop', regex: 'runbook' }]);
      expect(compose.services.prometheus!.environment!.RUNBOOK_URL).toMatch(/^\$\{RUNBOOK_URL:-https?:\/\//);
    },
  );

  it.each(alerts)(
    '$alert has a story in which it fires and one in which it must not',
    ({ alert, labels }) => {
      const notified = stories.filter((story) => story.alertname === alert);
      const fires = notified.flatMap((story) => story.exp_alerts).map((one) => one.exp_labels.source);
      expect(fires).toContain(labels!.source);
      expect(notified.some((story) => story.exp_alerts.length === 0)).toBe(true);
    },
  );

  it('come with one scrape job for all replicas, so that nothing is counted twice', () => {
    const { scrape_configs: jobs } = yamlOf('grafana/prometheus/prometheus.yml') as {
      scrape_configs: { job_name: string; dns_sd_configs: { names: string[] }[] }[];
    };
    expect(jobs.map((job) => job.job_name)).toEqual(['crm-api']);
    expect(jobs[0]!.dns_sd_configs.flatMap((one) => one.names)).toEqual(['crm-api', 'crm-worker']);
  });
});

describe.skipIf(!promtool)('promtool', () => {
  it('accepts the configuration and every rule', async () => {
    const { stdout } = await run(promtool!, ['check', 'config', join(PROMETHEUS, 'prometheus.yml')]);
    const found = [...stdout.matchAll(/SUCCESS: (\d+) rules found/g)].map(([, count]) => Number(count));
    expect(found.reduce((sum, count) => sum + count, 0)).toBe(rules.length);
  });

  it.each(testFiles)('finds the stories of %s true', async (file) => {
    const { stdout } = await run(promtool!, ['test', 'rules', join(PROMETHEUS, 'tests', file)]);
    expect(stdout).toContain('SUCCESS');
  });

  /**
   * Two replicas count one organisation's invoices; one of them is restarted in between and begins at 0 again. By the
   * minute: replica a makes 6, then 3 after its restart; replica b makes 9. That is 18 made, and 9 paid.
   */
  it('finds the finance panels right over two replicas and a restart', async () => {
    const series = (metric: string, replica: string, values: string) => ({
      series: `${metric}{org_id="1", currency="USD", instance="${replica}"}`,
      values,
    });
    const panels = dashboardCalled('PeakPro CRM - KPIs').panels;
    const value = (id: number, samples: number) => ({
      expr: asked(panels.find((panel) => panel.id === id)!.targets![0]!.expr),
      eval_time: '12m',
      exp_samples: [{ labels: '{}', value: samples }],
    });
    const story = {
      evaluation_interval: '1m',
      tests: [
        {
          interval: '1m',
          input_series: [
            series('crm_invoices_generated_total', 'a', '0+1x6 0 0+1x3 3'),
            series('crm_invoices_generated_total', 'b', '0 0+1x9 9 9'),
            series('crm_invoices_paid_total', 'a', '0 0 0+1x4 4 0+1x4'),
            series('crm_invoices_paid_total', 'b', '0x11 1'),
            series('crm_portal_payment_amount_cents_sum', 'a', '0 375000x5 0x3 125050x3'),
            series('crm_portal_payment_amount_cents_sum', 'b', '0x5 49950x7'),
          ],
          promql_expr_test: [value(7, 18), value(8, 9), value(9, 5500), value(10, 50)],
        },
      ],
    };
    const folder = await mkdtemp(join(tmpdir(), 'crm-promtool-'));
    try {
      const file = join(folder, 'replicas.json'); // JSON is YAML
      await writeFile(file, JSON.stringify(story));
      const { stdout } = await run(promtool!, ['test', 'rules', file]);
      expect(stdout).toContain('SUCCESS');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
