import type { TestApp } from './app.js';

/** The value of one counter with these labels, as /metrics shows it; 0 where it has never counted. */
export async function metric(
  app: TestApp,
  name: string,
  labels: Record<string, string | number>,
): Promise<number> {
  const text = await (await fetch(`${app.url}/metrics`)).text();
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const line = text
    .split('\n')
    .find((one) => one.startsWith(`${name}{`) && wanted.every((pair) => one.includes(pair)));
  return line === undefined ? 0 : Number(line.slice(line.lastIndexOf(' ') + 1));
}
