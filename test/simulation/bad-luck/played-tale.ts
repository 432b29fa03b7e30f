import { setTimeout as pause } from 'node:timers/promises';
import { STRIPE_KEY } from '../../support/stripe.js';
import { tryToConnect } from '../../support/qbo.js';
import { MoneyPlayer, type MoneyStage } from '../money-player.ts';
import type { Step } from '../money-story.ts';
import { Driver } from './driver.ts';
import { violationsAtRest, violationsNow } from './invariants.ts';
import type { PlantedBug } from './planted-bugs.ts';
import type { Tale } from './short-story.ts';
import { REALM, type SimulatedWorld } from './simulated-world.ts';

export interface Ending {
  /** What is wrong, one line each; empty where every invariant holds. */
  violations: string[];
  /** The same for two runs that made the same decisions. */
  hash: string;
  /** Every decision, oldest first. */
  trace: readonly string[];
}

/** What a pause of a story takes, from the shortest to the longest. */
const PAUSES_MS = [100, 1_000, 5_000, 15_000, 40_000, 90_000, 150_000, 300_000, 900_000, 3_600_000];
/** What acts have set going is done in the minutes after them: bad luck lasts until then. */
const BAD_LUCK_MS = 600_000;
/** What waits for a company that is not connected goes on after that. */
const CALM_MS = 1_800_000;
/** An hour after a lost answer a person is asked. */
const HEALED_WITHIN_MS = 2 * 3_600_000;
const REST_MS = 360_000;
const TRIES_MAX = 3;
const WAITS_MAX = 12;
const RETRY_MS = 5_000;
const SCENE_TRIES_MAX = 12;
const SCENE_RETRY_MS = 20_000;

/** Plays a tale in a simulated world until nothing is under way any more, and judges it. */
export async function playTale(
  world: SimulatedWorld,
  { story, scene, luck, chance }: Tale,
  bug: PlantedBug | null = null,
): Promise<Ending> {
  await world.begin(chance, bug);
  const player = await MoneyPlayer.open(stageOf(world), story);
  world.scheduler.begin();
  const violations = new Set<string>();
  const inspect = (): void => {
    if (!world.areBooksChanged) return;
    world.areBooksChanged = false;
    for (const violation of violationsNow(world, REALM)) violations.add(violation);
  };
  try {
    const driver = new Driver(world, luck, inspect);
    const acts = story.steps.map((step) => () => acted(player, step));
    await driver.play(scene.length === 0 ? acts : [() => inTurn(player, scene), ...acts]);
    await driver.endure(BAD_LUCK_MS);
    await driver.heal(() => isAtRest(world), CALM_MS);
    await driver.play([() => connected(player)]);
    const restedAt = world.time.now + REST_MS;
    await driver.heal(async () => world.time.now > restedAt && (await isAtRest(world)), HEALED_WITHIN_MS);
  } catch (error) {
    violations.add(`the story broke: ${(error as Error).stack}`);
  }
  world.scheduler.isRunning = false;
  const { hash } = world.scheduler;
  const trace = [...world.scheduler.trace];
  const secrets = [STRIPE_KEY, ...world.network.secrets];
  for (const violation of await violationsAtRest(world, player, secrets)) violations.add(violation);
  return { violations: [...violations], hash, trace };
}

/** Of a scene each act waits until there is what it is about, and who is not answered asks again. */
async function inTurn(player: MoneyPlayer, scene: readonly Step[]): Promise<void> {
  for (const step of scene) {
    for (let tries = 1; tries <= SCENE_TRIES_MAX; tries += 1) {
      const isDone = await (step.kind === 'connect' ? reconnected(player) : player.act(step)).catch(
        () => false,
      );
      if (isDone) break;
      await pause(SCENE_RETRY_MS);
    }
  }
}

/** Of what was paid: before anything was, there is nothing that could be done. */
const AFTER_PAYMENT = /refund|dispute/;

/** A customer whose payment page does not open tries again, and what is about a payment waits for one. */
async function acted(player: MoneyPlayer, step: Step): Promise<void> {
  for (let waits = 0; AFTER_PAYMENT.test(step.kind) && player.intents.length === 0 && waits < WAITS_MAX;) {
    waits += 1;
    await pause(RETRY_MS);
  }
  const paid = player.intents.length;
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    await player.act(step).catch(() => {});
    if (step.kind !== 'pay' || player.intents.length > paid) return;
    await pause(RETRY_MS);
  }
}

async function reconnected(player: MoneyPlayer): Promise<true> {
  await player.reconnect();
  return true;
}

/** Who takes longer over a consent than QuickBooks allows begins again. */
async function connected(player: MoneyPlayer): Promise<void> {
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    if (await reconnected(player).catch(() => false)) return;
    await pause(RETRY_MS);
  }
}

function stageOf(world: SimulatedWorld): MoneyStage {
  return {
    books: world.books,
    realmId: REALM,
    connect: async ({ admin }) => {
      const { status, body } = await tryToConnect(admin, { realmId: REALM });
      if (status !== 200) throw new Error(`not connected: ${JSON.stringify(body)}`);
    },
    poll: async ({ admin }) => void (await admin.post('/qbo/sync/invoice/poll_all')),
    kill: async () => {},
    pause: async (which) => pause(PAUSES_MS[which]),
  };
}

/** Nothing is under way that would go on by itself. */
async function isAtRest({ database, time }: SimulatedWorld): Promise<boolean> {
  const [open] = await database.query(
    `select from sync_operations where state in ('ready', 'sent', 'uncertain')
     union all select from stripe_events where state = 'pending'
     union all select from qbo_events where state = 'pending'
     union all select from pgboss.job
                where state < 'completed' and start_after < $1::timestamptz + interval '10 minutes'
     limit 1`,
    [new Date(time.now)],
  );
  return open === undefined;
}
