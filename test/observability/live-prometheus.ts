import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/ports.js';
import { PROMETHEUS, yamlOf } from './boards.js';
import { programs } from './programs.js';

interface Sample {
  metric: Record<string, string>;
  value: [number, string];
}

/** A Prometheus with our configuration and rules that scrapes one application every second. */
export class LivePrometheus implements AsyncDisposable {
  private constructor(
    private readonly url: string,
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {}

  /** Starts it. Throws with what it wrote where it does not come up. */
  static async start(appUrl: string): Promise<LivePrometheus> {
    const folder = await mkdtemp(join(tmpdir(), 'crm-prometheus-'));
    const port = await freePort();
    await writeFile(join(folder, 'prometheus.yml'), dump(configFor(appUrl)));
    const child = spawn(
      programs.prometheus!,
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let said = '';
    child.stderr.on('data', (chunk) => (said += String(chunk)));
    const live = new LivePrometheus(`http://127.0.0.1:${port}`, child, folder);
    try {
      await eventually(async () => {
        if (!(await fetch(`${live.url}/-/ready`)).ok) throw new Error('Prometheus is not ready');
      });
    } catch (cause) {
      await live[Symbol.asyncDispose]();
      throw new Error(said.slice(-2_000), { cause });
    }
    return live;
  }

  /** What a query answers; `at` is an instant in seconds. Throws where Prometheus refuses it. */
  async query(expr: string, at?: number): Promise<Sample[]> {
    const query = new URLSearchParams({ query: expr, ...(at === undefined ? {} : { time: String(at) }) });
    const answer = await fetch(`${this.url}/api/v1/query?${query.toString()}`);
    const body = (await answer.json()) as { error?: string; data: { result: Sample[] } };
    if (!answer.ok) throw new Error(`${expr}: ${body.error}`);
    return body.data.result;
  }

  /** The one value a query answers, or undefined where it answers none. */
  async value(expr: string, at?: number): Promise<number | undefined> {
    const [sample] = await this.query(expr, at);
    return sample && Number(sample.value[1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = new Promise((resolve) => {
        this.child.once('exit', resolve);
      });
      this.child.kill('SIGTERM');
      await ended;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The configuration as it ships, but for where the targets are and how often they are asked. */
function configFor(appUrl: string): object {
  const shipped = yamlOf('grafana/prometheus/prometheus.yml') as { scrape_configs: { job_name: string }[] };
  return {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: [join(PROMETHEUS, 'rules/*.yml')],
    scrape_configs: shipped.scrape_configs.map(({ job_name }) => ({
      job_name,
      static_configs: [{ targets: [new URL(appUrl).host], labels: { service: 'crm-api' } }],
    })),
  };
}
