import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GAUGES } from '../../src/qbo-sync/diagnostics/gauges.js';
import { dashboards, panelsOf, ROOT, rules, unknownIn, yamlOf } from './boards.js';

const GIVEN_TITLES = [
  'Invoices Created (24h)',
  'Invoices Paid (24h)',
  'Revenue (7 days)',
  'Invoice Payment Rate (30d)',
];
/** A fact that every replica tells alike, summed before its maximum is taken. */
const SUMMED_FACT = new RegExp(`\\bsum(?: by \\([^)]*\\))? ?\\((?:${Object.keys(GAUGES).join('|')})\\b`);
const PANEL_TYPES = ['row', 'stat', 'gauge', 'bargauge', 'timeseries'];

const repeated = <T>(values: readonly T[]): T[] =>
  values.filter((value, index) => values.indexOf(value) !== index);

/** What a series has counted that is younger than the time which is looked at, where its process was watched before. */
const ALL_OF_A_YOUNG_ONE = new RegExp(
  String.raw`\((crm_\w+) unless last_over_time\(\1(\[5m\] offset \d+m)\)\)\s+` +
    String.raw`and on \(job, instance\) \(max_over_time\(up\2\) == 1\)\s+or `,
  'g',
);

describe('The dashboards', () => {
  it('are three, each with an address of its own', () => {
    const titles = dashboards.map((board) => board.title);
    expect(titles.toSorted()).toEqual(['Money', 'PeakPro CRM - KPIs', 'QuickBooks sync']);
    expect(new Set(dashboards.map((board) => board.uid)).size).toBe(3);
  });

  it.each(dashboards)('$title is what Grafana reads from a file', (board) => {
    expect(Object.keys(board)).not.toContain('id');
    expect(board.schemaVersion).toBeGreaterThanOrEqual(36);
    expect(repeated(board.panels.map((panel) => panel.id))).toEqual([]);
    expect(board.panels.filter((panel) => !PANEL_TYPES.includes(panel.type))).toEqual([]);
    expect(board.panels.filter(({ gridPos }) => gridPos.x + gridPos.w > 24)).toEqual([]);
    for (const { targets, fieldConfig } of panelsOf(board)) {
      expect(repeated(targets!.map((target) => target.refId))).toEqual([]);
      const { mode, steps } = fieldConfig!.defaults.thresholds;
      const above = steps.slice(1).map((step) => step.value!);
      expect([mode, steps[0]!.value]).toEqual(['absolute', null]);
      expect(above).toEqual(above.toSorted((a, b) => a - b));
    }
  });

  it.each(dashboards)('$title lays no panel over another', ({ panels }) => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)}:${y + Math.floor(cell / w)}`),
    );
    expect(repeated(cells)).toEqual([]);
  });

  it.each(dashboards)('$title explains every panel, and asks where its title is not given', (board) => {
    const panels = panelsOf(board);
    expect(panels.filter(({ description = '' }) => description.length < 30)).toEqual([]);
    const ours = panels.map((panel) => panel.title).filter((title) => !GIVEN_TITLES.includes(title));
    expect(ours.filter((title) => !/\?( \(.*\))?$/.test(title))).toEqual([]);
  });

  it.each(dashboards)('$title can be narrowed to an organisation', (board) => {
    expect(board.templating.list).toMatchObject([{ name: 'org', type: 'query' }]);
    const exprs = panelsOf(board).flatMap((panel) => panel.targets!.map((target) => target.expr));
    expect(exprs.some((expr) => expr.includes('{org_id=~"$org"}'))).toBe(true);
  });

  it.each(dashboards)('$title asks only the provisioned datasource', (board) => {
    const file = 'grafana/provisioning/datasources/prometheus.yaml';
    const { datasources } = yamlOf(file) as { datasources: { uid: string }[] };
    const used = [
      ...panelsOf(board).flatMap((panel) => [panel, ...panel.targets!]),
      ...board.templating.list,
    ].map((one) => one.datasource!.uid);
    expect([...new Set(used)]).toEqual(datasources.map((source) => source.uid));
  });

  it.each(dashboards)('$title names only metrics and labels that there are', (board) => {
    const exprs = panelsOf(board).flatMap((panel) => panel.targets!.map((target) => target.expr));
    expect(exprs.flatMap(unknownIn)).toEqual([]);
  });

  it('would not pass with a metric or a label that nobody exports', () => {
    expect(unknownIn('sum by (realm) (rate(crm_invoices_paid_total{org="1"}[5m]))')).toEqual([
      'crm_invoices_paid_total{org}',
      'realm',
    ]);
    expect(unknownIn('sum(crm_invoice_paid_total)')).toEqual(['crm_invoice_paid_total']);
  });

  it('sum the counters of all replicas, and take a fact that each replica tells once', () => {
    const asked = dashboards.flatMap((board) => panelsOf(board).flatMap((panel) => panel.targets!));
    // Whether a webhook was heard asks which series there are, not how high they stand.
    const judged = rules.filter((rule) => rule.record !== 'crm:webhooks_heard:1d');
    const exprs = [...asked, ...judged].map((one) => one.expr);
    const counted = exprs.flatMap((expr) => [
      ...expr
        .replaceAll(ALL_OF_A_YOUNG_ONE, '')
        .matchAll(/(.{0,60})\bcrm_\w+(?:_total|cents_sum|_count|_bucket)\b/g),
    ]);
    expect(counted.length).toBeGreaterThan(30);
    expect(counted.filter(([, before]) => !/(?:rate|increase)\($/.test(before!))).toEqual([]);
    expect(exprs.filter((expr) => SUMMED_FACT.test(expr))).toEqual([]);
    expect('sum(crm_inbox_open)').toMatch(SUMMED_FACT);
  });
});

describe('The runbook', () => {
  const text = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
  const anchors = [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
  const anchorOf = (url: string): string =>
    /(?:docs\/operations\.md|\{\{ \$externalLabels\.runbook \}\})#(.+)$/.exec(url)![1]!;

  it('has a place for every link of a dashboard', () => {
    const urls = dashboards.flatMap((board) => [
      ...board.links.map((link) => link.url).filter(Boolean),
      ...panelsOf(board).flatMap((panel) => panel.links!.map((link) => link.url)),
    ]);
    expect(urls.length).toBeGreaterThan(30);
    expect(urls.map(anchorOf).filter((anchor) => !anchors.includes(anchor))).toEqual([]);
  });

  it('has a place for every alert, under its name', () => {
    for (const { alert, annotations } of rules.filter((rule) => rule.alert)) {
      expect(anchorOf(annotations!.runbook_url!)).toBe(alert!.toLowerCase());
      expect(anchors).toContain(alert!.toLowerCase());
    }
  });
});
