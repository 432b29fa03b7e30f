import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../bench/harness/clock.ts';
import { Replica } from './replica.ts';

const LISTENS = "console.log('The product listens on port 1');";
const WAITS = 'setInterval(() => {}, 1000);';

describe('A process of the installation', () => {
  let replica: Replica;
  afterEach(async () => replica.kill());

  const launch = async (program: string): Promise<void> => {
    replica = new Replica('the product', { args: ['-e', program], env: {}, port: 1, readyPath: '/' });
    replica.launch();
    await eventually(() => expect(replica.output).not.toBe(''), 10_000);
  };

  it('that ends by itself has fallen, and says so with its last words', async () => {
    await launch(`${LISTENS} setTimeout(() => { throw new Error('nobody listens') }, 10)`);
    await eventually(() => expect(replica.falls).toHaveLength(1), 10_000);
    expect(replica.falls[0]).toMatch(/^ended with 1: The product listens[\s\S]+nobody listens/);
  });

  it('has not where it is killed, is told to stop and ends with 0, or never served', async () => {
    await launch(LISTENS + WAITS);
    await replica.kill();
    expect(replica.falls).toEqual([]);
    await launch(`process.once('SIGTERM', () => process.exit(0)); ${LISTENS} ${WAITS}`);
    await replica.stop();
    expect(replica.falls).toEqual([]);
    await launch("console.log('PORT is taken'); process.exit(1)");
    await eventually(() => expect(replica.isAway).toBe(true), 10_000);
    expect(replica.falls).toEqual([]);
  });

  it('has where it is told to stop and does not end cleanly', async () => {
    await launch(`process.once('SIGTERM', () => process.exit(3)); ${LISTENS} ${WAITS}`);
    await replica.stop();
    expect(replica.falls).toMatchObject([expect.stringMatching(/^ended with 3/)]);
  });
});
