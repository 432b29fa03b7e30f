import type { PgBoss } from 'pg-boss';
import { beforeEach, describe, expect, it } from 'vitest';
import { JobPlacesService } from './job-places.service.js';

type Handler = (jobs: object[]) => Promise<void>;

describe('The places at the queues', () => {
  const handlers = new Map<string, Handler>();
  const opened: string[] = [];
  const woken: string[] = [];
  let due: { name: string; count: number }[];
  const statements: unknown[] = [];
  let places: JobPlacesService;

  beforeEach(async () => {
    handlers.clear();
    for (const list of [opened, woken, statements]) list.length = 0;
    due = [];
    const boss = {
      work: async (name: string, _options: object, handler: Handler) => {
        const id = `${name} ${[...handlers.keys()].filter((one) => one.startsWith(name)).length + 1}`;
        handlers.set(id, handler);
        opened.push(id);
        return id;
      },
      notifyWorker: (id: string) => woken.push(id),
      getDb: () => ({
        executeSql: async (_text: string, [queues]: string[]) => {
          statements.push(JSON.parse(queues!));
          return { rows: due };
        },
      }),
    };
    places = new JobPlacesService(boss as unknown as PgBoss, () => {});
    await places.add('qbo.invoice.create', { count: 3, ofOneOrgMax: 2 }, () => taken);
    await places.add('inbox.retry', { count: 1, ofOneOrgMax: 1 }, () => taken);
    await places.stop(); // it looks when it is told to
  });

  let finish: () => void;
  const taken = new Promise<void>((resolve) => (finish = resolve));

  it('ask for all of them together, and wake nobody where nothing is due', async () => {
    await places.wakeDue();
    expect(statements).toEqual([
      [
        { name: 'qbo.invoice.create', places: 3 },
        { name: 'inbox.retry', places: 1 },
      ],
    ]);
    expect(woken).toEqual([]);
  });

  it('are opened and woken as many as there are jobs, those that are free', async () => {
    expect(opened).toEqual([]); // nobody looks before there is a job
    due = [{ name: 'qbo.invoice.create', count: 2 }];
    await places.wakeDue();
    expect(opened).toEqual(['qbo.invoice.create 1', 'qbo.invoice.create 2']);
    expect(woken).toEqual([]); // they look as they open

    const busy = handlers.get('qbo.invoice.create 1')!([{}]);
    await places.wakeDue();
    expect(woken).toEqual(['qbo.invoice.create 2']);
    expect(opened).toEqual(['qbo.invoice.create 1', 'qbo.invoice.create 2', 'qbo.invoice.create 3']);

    woken.length = 0;
    due = [];
    finish();
    await busy;
    expect(woken).toEqual(['qbo.invoice.create 1']); // it looks for the next at once
  });

  it('look for the next job by the common look alone, where each due job has its place', async () => {
    due = [{ name: 'qbo.invoice.create', count: 1 }];
    await places.wakeDue();
    const busy = handlers.get('qbo.invoice.create 1')!([{}]);
    finish();
    await busy;
    expect(woken).toEqual([]);
  });

  it('are open from the start where workers are told of a job, and look for the next at once', async () => {
    await places.add('checkout.session.review', { count: 2, ofOneOrgMax: 1, notify: true }, async () => {});
    expect(opened).toEqual(['checkout.session.review 1', 'checkout.session.review 2']);
    await handlers.get('checkout.session.review 2')!([{}]);
    expect(woken).toEqual(['checkout.session.review 2']);
  });
});
