import { createServer } from 'node:http';
import { freePort } from './ports.js';

/** A Slack of the test's own: it takes what it is sent, keeps silent, or answers as it is told. */
export interface TestSlack extends AsyncDisposable {
  readonly url: string;
  /** The texts it was sent, taken or not. */
  readonly posts: string[];
  /** What the next posts are answered: a status, or `silent` for no answer at all. */
  answer: number | 'silent';
  /** Where a redirect leads. */
  location?: string;
}

export async function startSlack(): Promise<TestSlack> {
  const posts: string[] = [];
  const server = createServer((request, reply) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      posts.push((JSON.parse(body) as { text: string }).text);
      if (slack.answer === 'silent') return;
      reply.writeHead(slack.answer, slack.location ? { location: slack.location } : {}).end('ok');
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const slack: TestSlack = {
    url: `http://127.0.0.1:${port}/services/T0/B0/secret`,
    posts,
    answer: 200,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return slack;
}
