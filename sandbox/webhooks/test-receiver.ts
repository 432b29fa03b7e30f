import { once } from 'node:events';
import { type IncomingHttpHeaders, type Server, createServer } from 'node:http';

export interface Received {
  headers: IncomingHttpHeaders;
  /** The bytes as they arrived. */
  raw: string;
  body: unknown;
}

/** An app's webhook endpoint for the specs. Answers what `status` says at the time; null never answers. */
export class TestReceiver {
  status: number | null = 200;
  readonly received: Received[] = [];
  readonly #server: Server;
  #arrivals: (() => void)[] = [];

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const raw = Buffer.concat(chunks).toString('utf8');
        this.received.push({ headers: request.headers, raw, body: JSON.parse(raw) });
        if (this.status !== null) response.writeHead(this.status).end();
        for (const wake of this.#arrivals.splice(0)) wake();
      });
    });
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/hook`;
  }

  /** Resolves when so many notifications have come in all. */
  async arrival(count: number): Promise<readonly Received[]> {
    while (this.received.length < count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#arrivals.push(resolve);
      // oxlint-disable-next-line no-await-in-loop -- one arrival after the other
      await promise;
    }
    return this.received;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
