import { QUEUES } from '../../src/jobs/queue/queue-rules.js';
import { RETENTION, type RetentionRule } from '../../src/jobs/retention/retention.js';
import { OTHER_TIMERS, TIMETABLE, type When } from '../../src/jobs/timers/timetable.js';
import { Environment } from '../../src/platform/config/environment.js';
import { VARIABLES } from '../../src/platform/config/variables.js';
import { COUNTERS } from '../../src/platform/metrics/counters.js';
import { PROCESS_INFO } from '../../src/platform/metrics/process-info.js';
import { REQUEST_DURATION } from '../../src/platform/metrics/request-duration.js';
import { GAUGES } from '../../src/qbo-sync/diagnostics/gauges.js';
import { sourcesOf } from './language.js';

/** The part of an OpenAPI document that the table of routes is made from. */
export interface ApiDocument {
  paths: Record<string, Record<string, { summary?: string; tags?: string[]; 'x-step-up'?: boolean }>>;
}

/** Markdown tables of what the code holds, by the name that stands in a page's `<!-- generated: name -->`. */
export function tablesOf(document: ApiDocument): Record<string, string> {
  return {
    environment: environmentTable(),
    routes: routesTable(document),
    step_up: stepUpTable(document),
    counters: metricsTable(
      { ...COUNTERS, [REQUEST_DURATION.name]: REQUEST_DURATION, [PROCESS_INFO.name]: PROCESS_INFO },
      'counted in',
    ),
    gauges: metricsTable(GAUGES, 'read in'),
    timers: timersTable(),
    queues: queuesTable(),
    retention: retentionTable(),
  };
}

/** A page with each generated part replaced by what the code says today. */
export function withTables(page: string, tables: Record<string, string>): string {
  return page.replace(
    /(<!-- generated: (\w+) -->\n)[^]*?(<!-- end -->)/g,
    (_, begin: string, name: string, end: string) => `${begin}\n${tables[name] ?? unknown(name)}\n${end}`,
  );
}

function unknown(name: string): never {
  throw new Error(`There is no generated table "${name}".`);
}

function environmentTable(): string {
  const defaults = new Environment();
  const rows = Object.entries(VARIABLES).map(([name, { meaning, fallback }]) => [
    `\`${name}\``,
    fallback ?? defaultText(defaults[name as keyof Environment]),
    meaning,
  ]);
  return table(['variable', 'default', 'meaning'], rows);
}

function defaultText(value: string | number | boolean | undefined): string {
  return value === undefined || value === '' ? 'empty' : `\`${String(value)}\``;
}

function routesTable({ paths }: ApiDocument): string {
  const rows = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { summary, tags }]) => [
      tags?.[0] ?? '',
      `\`${method.toUpperCase()} ${path}\``,
      summary ?? '',
    ]),
  );
  return table(['about', 'route', 'what it does'], rows.toSorted(byColumns));
}

/** Routes that want a sign-in or confirmation of the last 15 minutes. */
function stepUpTable({ paths }: ApiDocument): string {
  const rows = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => operation['x-step-up'])
      .map(([method, { summary }]) => [`\`${method.toUpperCase()} ${path}\``, summary ?? '']),
  );
  return table(['route', 'what it does'], rows.toSorted(byColumns));
}

function metricsTable(
  metrics: Record<string, { help: string; labels: readonly string[] }>,
  where: 'counted in' | 'read in',
): string {
  const rows = Object.entries(metrics).map(([name, { help, labels }]) => [
    `\`${name}\``,
    labels.map((label) => `\`${label}\``).join(', '),
    help,
    placesOf(name)
      .map((place) => `\`${place}\``)
      .join('<br>'),
  ]);
  return table(['metric', 'labels', 'what it counts or tells', where], rows);
}

/** The files of `src` that give a metric its values; those that only declare it, or begin it at 0, are left out. */
function placesOf(metric: string): string[] {
  const calls: Partial<Record<string, string>> = {
    [REQUEST_DURATION.name]: '.observeRequest(',
    [PROCESS_INFO.name]: '.showProcess(',
  };
  const given = calls[metric] ?? `'${metric}'`;
  const places = sourcesOf('src')
    .filter(({ path }) => !/\.spec\.ts$|^src\/platform\/metrics\/|\/gauges\.ts$/.test(path))
    .filter(({ text }) => text.includes(given))
    .map(({ path }) => path.slice('src/'.length));
  if (places.length === 0) throw new Error(`Nothing in src gives ${metric} a value.`);
  return places;
}

function timersTable(): string {
  const rows = Object.entries({ ...TIMETABLE, ...OTHER_TIMERS }).map(([name, { when, does, runBy }]) => [
    `\`${name}\``,
    whenText(when),
    does,
    runBy,
  ]);
  return table(['timer', 'when', 'what it does', 'who runs it'], rows);
}

function whenText(when: When): string {
  return 'dailyAt' in when ? `daily at ${when.dailyAt} UTC` : `every ${when.everySeconds} s`;
}

function queuesTable(): string {
  const rows = Object.entries(QUEUES).map(([name, { concurrency, retryLimit, expireInSeconds }]) => [
    `\`${name}\``,
    String(concurrency),
    retryLimit === 0 ? 'by its row' : String(retryLimit),
    String(expireInSeconds),
  ]);
  return table(['queue', 'at once, per process', 'retries', 'expires after, s'], rows);
}

function retentionTable(): string {
  const rows = Object.entries(RETENTION).map(([name, rule]) => [`\`${name}\``, ...retentionText(rule)]);
  return table(['table', 'kept', 'because'], rows);
}

function retentionText(rule: RetentionRule): [kept: string, because: string] {
  switch (rule.kept) {
    case 'for ever':
      return ['for ever', rule.because];
    case 'with its parent':
      return [`with \`${rule.parent}\``, ''];
    case 'for a time': {
      const days = rule.purges.map(({ afterDays, clear }) => `${afterDays} days${clear ? ' in full' : ''}`);
      return [days.join(', '), rule.because];
    }
  }
}

function byColumns(one: string[], other: string[]): number {
  return one.join('\n') < other.join('\n') ? -1 : 1;
}

function table(heads: string[], rows: string[][]): string {
  const line = (cells: string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |\n`;
  return line(heads) + line(heads.map(() => '---')) + rows.map(line).join('');
}
