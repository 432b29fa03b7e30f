import type { FastifyInstance } from 'fastify';
import { BadField, Fields } from '../fields.ts';
import { faultOperation } from '../http/fault-operation.ts';
import { FAULT_KINDS, type PlannedFault } from '../http/fault-plan.ts';
import { type Switches, switchProblems } from '../switches.ts';
import type { World } from '../world.ts';

function plannedFault(body: unknown): PlannedFault {
  const fields = new Fields(body);
  const operation = fields.optionalText('operation');
  const parts = {
    operation: operation === undefined ? undefined : faultOperation(operation),
    realm_id: fields.optionalText('realm_id'),
    kind: fields.choice('kind', FAULT_KINDS),
    when: fields.optionalChoice('when', ['before', 'after']),
    times: fields.optionalNumber('times', 1),
    delay_ms: fields.optionalNumber('delay_ms'),
    rate: fields.optionalNumber('rate', 0, 1),
    seed: fields.optionalNumber('seed'),
  };
  return Object.fromEntries(
    Object.entries(parts).filter(([, value]) => value !== undefined),
  ) as unknown as PlannedFault;
}

/** The faults to come. */
export function registerFaults(app: FastifyInstance, world: World): void {
  app.post('/sandbox/faults', async (request) => ({ id: world.faults.add(plannedFault(request.body)) }));
  app.get('/sandbox/faults', async () => world.faults.list());
  app.delete('/sandbox/faults', async () => {
    world.faults.clear();
    return {};
  });
}

/** What was asked of the API. */
export function registerCalls(app: FastifyInstance, world: World): void {
  app.get('/sandbox/calls', async (request) => {
    const realm = new Fields(request.query).optionalText('realm_id');
    return realm === undefined ? { realms: world.journal.allCalls() } : world.journal.calls(realm);
  });
  app.delete('/sandbox/calls', async () => {
    world.journal.clear();
    return {};
  });
  app.get('/sandbox/requests', async (request) => {
    const fields = new Fields(request.query);
    return world.journal.requests(fields.optionalNumber('limit', 1) ?? 100, fields.optionalText('realm_id'));
  });
}

/** The sandbox's time: it runs as real time does, from wherever it is put. */
export function registerClock(app: FastifyInstance, world: World): void {
  const view = (): object => ({ now: world.clock.now().toISOString() });
  app.get('/sandbox/clock', async () => view());
  app.post('/sandbox/clock', async (request) => {
    const fields = new Fields(request.body);
    const set = fields.optionalText('set');
    const instant = set === undefined ? null : new Date(set);
    if (instant && Number.isNaN(instant.getTime())) throw new BadField('set must be an ISO time');
    if (fields.optionalFlag('reset')) world.clock.reset();
    if (instant) world.clock.set(instant);
    world.clock.advance(fields.optionalNumber('advance_ms', Number.MIN_SAFE_INTEGER) ?? 0);
    return view();
  });
}

/** Changes switches; each keeps the type of its default. */
function patchSwitches(switches: Switches, patch: Record<string, unknown>): void {
  const [problem] = switchProblems(patch);
  if (problem !== undefined) throw new BadField(problem);
  Object.assign(switches, patch);
}

export function registerSwitches(app: FastifyInstance, world: World): void {
  app.get('/sandbox/switches', async () => world.switches);
  app.patch('/sandbox/switches', async (request) => {
    patchSwitches(world.switches, (request.body ?? {}) as Record<string, unknown>);
    return world.switches;
  });
}
