import { connect, type Socket } from 'node:net';
import { percentile } from './figures.ts';
import type { RequestLoad } from './request-load.ts';

/**
 * A process that asks for one address over and over, for so many milliseconds over so many connections that are kept,
 * the next request of each when the one before is answered; then prints what it saw. Works on sockets: a client that
 * builds an object for each answer takes more processor time than the server it is to measure.
 */
const { LOAD_URL = '', LOAD_TOKEN = '', LOAD_CONNECTIONS = '1', LOAD_MS = '1000' } = process.env;
const { hostname, port, pathname, search } = new URL(LOAD_URL);
const request = [
  `GET ${pathname}${search} HTTP/1.1`,
  `host: ${hostname}:${port}`,
  'accept: application/json',
  ...(LOAD_TOKEN === '' ? [] : [`authorization: Bearer ${LOAD_TOKEN}`]),
  '\r\n',
].join('\r\n');

const HEADERS_END = Buffer.from('\r\n\r\n');
const latencies: number[] = [];
let failed = 0;
let answeredAt = performance.now();
let longestGapMs = 0;

function note(startedAt: number, isGood: boolean): void {
  const now = performance.now();
  longestGapMs = Math.max(longestGapMs, now - answeredAt);
  answeredAt = now;
  latencies.push(now - startedAt);
  if (!isGood) failed += 1;
}

/** Asks until the deadline; ends when the last answer came or the connection broke. */
async function askOften(deadline: number): Promise<void> {
  return new Promise((resolve) => {
    const socket: Socket = connect({ host: hostname, port: Number(port), noDelay: true });
    let startedAt = performance.now();
    /** How much of the answer is still to come; null until its headers are here. */
    let missing: number | null = null;
    let isGood = false;
    let head: Buffer | null = null;
    let isOver = false;

    const ask = (): void => {
      startedAt = performance.now();
      socket.write(request);
    };
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      socket.destroy();
      resolve();
    };
    const broken = (): void => {
      if (!isOver) note(startedAt, false);
      end();
    };
    const answered = (): void => {
      note(startedAt, isGood);
      missing = null;
      if (performance.now() >= deadline) end();
      else ask();
    };
    socket.on('connect', ask);
    socket.on('error', broken);
    socket.on('close', broken);
    socket.on('data', (chunk: Buffer) => {
      if (missing !== null) {
        missing -= chunk.length;
      } else {
        const bytes: Buffer = head ? Buffer.concat([head, chunk]) : chunk;
        const bodyAt = bytes.indexOf(HEADERS_END);
        head = bodyAt < 0 ? bytes : null;
        if (bodyAt < 0) return;
        const headers = bytes.toString('latin1', 0, bodyAt);
        const length = /\r\ncontent-length: *(\d+)/i.exec(headers)?.[1];
        isGood = headers.startsWith('HTTP/1.1 200') && length !== undefined;
        missing = Number(length ?? 0) - (bytes.length - bodyAt - HEADERS_END.length);
      }
      if (missing <= 0) answered();
    });
  });
}

const startedAt = performance.now();
const deadline = startedAt + Number(LOAD_MS);
await Promise.all(Array.from({ length: Number(LOAD_CONNECTIONS) }, () => askOften(deadline)));
const seen: RequestLoad = {
  requests: latencies.length,
  failed,
  seconds: (performance.now() - startedAt) / 1000,
  p50Ms: percentile(latencies, 0.5),
  p99Ms: percentile(latencies, 0.99),
  longestGapMs,
};
process.stdout.write(JSON.stringify(seen));
