import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { COUNTERS } from '../../src/platform/metrics/counters.js';
import { PROCESS_INFO } from '../../src/platform/metrics/process-info.js';
import { REQUEST_DURATION } from '../../src/platform/metrics/request-duration.js';
import { GAUGES } from '../../src/qbo-sync/diagnostics/gauges.js';

export const ROOT = join(import.meta.dirname, '../..');
export const PROMETHEUS = join(ROOT, 'grafana/prometheus');

export interface Target {
  refId: string;
  expr: string;
  datasource: { uid: string };
}

export interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  datasource?: { type: string; uid: string };
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: Target[];
  links?: { url: string }[];
  fieldConfig?: {
    defaults: {
      unit: string;
      min?: number;
      max?: number;
      thresholds: { mode: string; steps: { color: string; value: number | null }[] };
    };
  };
}

export interface Dashboard {
  uid: string;
  title: string;
  schemaVersion: number;
  links: { url: string }[];
  templating: { list: { name: string; type: string; datasource: { uid: string } }[] };
  panels: Panel[];
}

export interface Rule {
  record?: string;
  alert?: string;
  expr: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/** The text of every file of a folder whose name ends so. */
function textsOf(folder: string, ending: string): string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(ending));
  return names.map((name) => readFileSync(join(folder, name), 'utf8'));
}

/** A YAML file of the repository. */
export function yamlOf(...path: string[]): unknown {
  return load(readFileSync(join(ROOT, ...path), 'utf8'));
}

export const dashboards = textsOf(join(ROOT, 'grafana/dashboards'), '.json').map(
  (text) => JSON.parse(text) as Dashboard,
);

export const rules: Rule[] = textsOf(join(PROMETHEUS, 'rules'), '.yml').flatMap((text) =>
  (load(text) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules),
);

/** A dashboard by its title. */
export function dashboardCalled(title: string): Dashboard {
  return dashboards.find((one) => one.title === title)!;
}

/** The panels that show something; rows only divide them. */
export function panelsOf({ panels }: Dashboard): Panel[] {
  return panels.filter((panel) => panel.type !== 'row');
}

/** A query as Grafana sends it where all organisations are chosen. */
export function asked(expr: string, rateInterval = '1m'): string {
  return expr.replaceAll('$org', '.*').replaceAll('$__rate_interval', rateInterval);
}

/** What Prometheus itself adds to each series of ours. */
const TARGET_LABELS = ['job', 'instance', 'service'];

/** The labels of every metric that can be asked for. */
const METRICS: Record<string, readonly string[]> = {
  up: [],
  [PROCESS_INFO.name]: PROCESS_INFO.labels,
  ...Object.fromEntries(
    Object.entries({ ...COUNTERS, ...GAUGES }).map(([name, { labels }]) => [name, labels]),
  ),
  ...Object.fromEntries(
    ['count', 'sum', 'bucket'].map((end) => [
      `${REQUEST_DURATION.name}_${end}`,
      [...REQUEST_DURATION.labels, ...(end === 'bucket' ? ['le'] : [])],
    ]),
  ),
  ...Object.fromEntries(rules.flatMap(({ record, expr }) => (record ? [[record, groupedBy(expr)]] : []))),
};

function groupedBy(expr: string): string[] {
  const lists = [...expr.matchAll(/\b(?:by|on)\s*\(([^)]*)\)/g)];
  return lists.flatMap(([, list]) => list!.split(',').map((label) => label.trim())).filter(Boolean);
}

/** What a query names that nothing of ours exports: metrics, and labels of metrics. */
export function unknownIn(expr: string): string[] {
  const selectors = [...expr.matchAll(/\b(crm[a-z0-9_:]+|up)\b(?:\s*\{([^}]*)\})?/g)];
  const strangers = selectors.flatMap(([, name, matchers = '']) => {
    const labels = METRICS[name!];
    if (!labels) return [name!];
    const used = [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label]) => label!);
    return used
      .filter((label) => ![...labels, ...TARGET_LABELS].includes(label))
      .map((label) => `${name}{${label}}`);
  });
  const known = new Set([...TARGET_LABELS, ...selectors.flatMap(([, name]) => METRICS[name!] ?? [])]);
  return [...strangers, ...groupedBy(expr).filter((label) => !known.has(label))];
}
