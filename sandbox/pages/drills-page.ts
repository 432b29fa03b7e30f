import { FAULT_KINDS } from '../http/fault-plan.ts';
import type { World } from '../world.ts';
import { type Html, html } from './html.ts';
import { postButton, table } from './table.ts';

const STEPS = [
  { label: '1 hour', ms: 3_600_000 },
  { label: '1 day', ms: 86_400_000 },
  { label: '30 days', ms: 30 * 86_400_000 },
  { label: '100 days', ms: 100 * 86_400_000 },
] as const;

/** What goes wrong by button: failures of the API to come, and time that passes. */
export function drillsPage(world: World): Html {
  return html`<h1>Drills</h1>
    <h2>Clock</h2>
    <p>The sandbox’s time is <code>${world.clock.now().toISOString()}</code>.</p>
    <div class="buttons">
      ${STEPS.map(({ label, ms }) => postButton('/pages/drills/clock', `+ ${label}`, { advance_ms: String(ms) }))}
      ${postButton('/pages/drills/clock', 'Real time')}
    </div>
    <h2>Failures of the API to come</h2>
    <form class="card fields" method="post" action="/pages/drills/faults">
      <label
        >Failure
        <select name="kind">
          ${FAULT_KINDS.map((kind) => html`<option value="${kind}">${kind}</option>`)}
        </select>
      </label>
      <label
        >Operation, such as invoice.create
        <input type="text" name="operation" value="*" />
      </label>
      <label
        >When
        <select name="when">
          <option value="before">before the work</option>
          <option value="after">after the work</option>
        </select>
      </label>
      <label
        >Times
        <input type="number" name="times" value="1" min="1" />
      </label>
      <button class="primary">Plan it</button>
    </form>
    ${table(
      ['Failure', 'Operation', 'When', 'Left'],
      world.faults
        .list()
        .map((fault) => [fault.kind, fault.operation ?? '*', fault.when ?? 'before', fault.times ?? 'all']),
      'Nothing is planned.',
    )}
    ${postButton('/pages/drills/forget', 'Forget what is planned')}`;
}
