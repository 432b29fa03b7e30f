import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { IncidentDetectorService } from '../../../src/alerts/incident-detector.service.js';
import { SlackClient } from '../../../src/alerts/slack.client.js';
import { SlackWebhooksService } from '../../../src/orgs/settings/slack-webhooks.service.js';
import { inOrganisation } from '../../../src/platform/database/scope/scope.js';
import { after } from '../../../src/platform/time/after.js';
import { ReadBudgetService } from '../../../src/qbo-sync/api/metering/read-budget.service.js';
import { type TestApp, startApp } from '../../support/app.js';
import {
  aContractor,
  aCustomer,
  anApprovedProposal,
  type Books,
  type Contractor,
  openBooks,
} from '../../support/books.js';
import { FakeClock } from '../../support/clock.js';
import { eventually } from '../../support/eventually.js';
import { startMail, type TestMail } from '../../support/mail.js';
import { connect } from '../../support/qbo.js';
import { startSlack, type TestSlack } from '../../support/slack.js';

const HOUR_MS = 3_600_000;

/** People are told of trouble once, and once that it is over. */
describe('Alerts', () => {
  let books: Books;
  let slack: TestSlack;
  let mail: TestMail;
  let clock: FakeClock;
  let contractor: Contractor;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    [slack, mail] = await Promise.all([startSlack(), startMail()]);
    env = { SLACK_WEBHOOK_URL: slack.url, SMTP_URL: mail.url, ALERT_EMAIL_TO: 'ops@peakpro.test' };
    clock = new FakeClock(new Date());
    books = await openBooks(env, clock);
  });

  beforeEach(async () => {
    clock.set(new Date());
    slack.answer = 200;
    // Each story begins with nothing open and nothing to send.
    await books.database.query(`delete from alert_messages`);
    await books.database.query(`delete from alert_incidents`);
    await books.database.query(
      `update inbox_items set state = 'dismissed', closed_at = now() where state = 'open'`,
    );
    await books.database.query(`delete from qbo_tokens where state = 'needs_reauth'`);
    await books.database.query('update org_settings set slack_webhook_url_encrypted = null');
    contractor = await aContractor(books, 'Acme Roofing');
    slack.posts.length = 0;
    mail.received.length = 0;
  });

  afterAll(async () => {
    await books[Symbol.asyncDispose]();
    await Promise.all([slack[Symbol.asyncDispose](), mail[Symbol.asyncDispose]()]);
  });

  const round = (app: TestApp = books.app): Promise<number> => app.app.get(IncidentDetectorService).detect();

  /** What is still to be sent, after everything that is due has had its turn. */
  const settled = async (): Promise<void> => {
    await eventually(async () => {
      await books.app.app.get(DueJobsService).enqueueDue('alert_messages');
      const rows = await books.database.query(`select from alert_messages where state = 'queued'`);
      expect(rows).toEqual([]);
    });
  };

  /** What a channel has still to bring, in its order. */
  const waiting = (channel: 'slack' | 'email') =>
    books.database.query<{ recipient: string | null; attempts: number; dueAt: Date }>(
      `select recipient, attempts, next_attempt_at as "dueAt" from alert_messages
        where channel = $1 and state = 'queued' and problem is not null order by id`,
      [channel],
    );

  /** Why the oldest message on Slack was not taken the last time. */
  const problem = async () =>
    (
      await books.database.query<{ problem: string | null }>(
        `select problem from alert_messages where channel = 'slack' order by id limit 1`,
      )
    )[0]!.problem;

  async function breakConnection(): Promise<void> {
    await books.qbo.oauth('revoke', { realm_id: contractor.realmId });
    await contractor.admin.post(`/qbo/sync/customer/${await aCustomer(contractor)}`);
    expect((await contractor.admin.get('/qbo/status')).body.needs_reauth).toBe(true);
  }

  /** The books are closed, so an invoice is refused and stands in the inbox. */
  async function refuseInvoice(): Promise<void> {
    await books.control.setPreferences(contractor.realmId, { BookCloseDate: '2099-12-31' });
    await contractor.admin.post(`/qbo/invoice/${await anApprovedProposal(contractor)}`);
  }

  /** A Slack webhook of the organisation's own; that of a test is on this machine, which the route refuses. */
  async function giveChannel(own: TestSlack): Promise<void> {
    const { orgId } = contractor;
    const { slackWebhookUrlEncrypted } = await inOrganisation(orgId, () =>
      books.app.app.get(SlackWebhooksService).change(orgId, own.url),
    );
    await books.database.query('update org_settings set slack_webhook_url_encrypted = $2 where org_id = $1', [
      orgId,
      slackWebhookUrlEncrypted,
    ]);
  }

  it('tell of a lost connection once on each channel, and once that it is back', async () => {
    await breakConnection();
    expect(await round()).toBe(2);
    expect(await round()).toBe(0);
    await settled();
    expect(slack.posts).toEqual([
      expect.stringMatching(
        /^Acme Roofing: QuickBooks of Acme Roofing has not accepted our access .+\/qbo\/oauth\/start\?org_id=\d+\.$/,
      ),
    ]);
    expect(mail.received).toMatchObject([
      { to: ['ops@peakpro.test'], subject: 'Acme Roofing: QuickBooks has to be connected again' },
    ]);
    expect(mail.received[0]!.text.trim()).toBe(slack.posts[0]);

    await connect(books.app, contractor.admin, { realmId: contractor.realmId });
    await round();
    await round();
    await settled();
    expect(slack.posts).toHaveLength(2);
    expect(slack.posts[1]).toMatch(/is connected again/);
    expect(mail.received).toHaveLength(2);

    await breakConnection();
    await round();
    await settled();
    expect(slack.posts).toHaveLength(3); // another incident is told of again
  });

  it('are one message where two replicas look at the same moment', async () => {
    await using second = await startApp({
      databaseUrl: books.database.url,
      env: { ...books.qbo.env, ...env },
      clock,
    });
    await breakConnection();
    await Promise.all(Array.from({ length: 10 }, (_, turn) => round(turn % 2 ? second : books.app)));
    await settled();
    expect([slack.posts.length, mail.received.length]).toEqual([1, 1]);
  });

  it('are not written anew each minute about what stands as it did', async () => {
    await refuseInvoice();
    await round();
    const written = async () =>
      (
        await books.database.query<{ version: string }>(
          `select xmin::text as version from alert_incidents where kind = 'needs_person'`,
        )
      ).map(({ version }) => version);
    await settled();
    const [first] = await written();
    clock.advance({ minutes: 1 });
    await round();
    expect(await written()).toEqual([first]);
    await books.database.query(`update inbox_items set reason = 'Another sentence' where state = 'open'`);
    await round();
    expect(await written()).not.toEqual([first]);
  });

  it('put what began within one look of an organisation into one message', async () => {
    await refuseInvoice();
    await breakConnection();
    await round();
    await settled();
    expect(slack.posts).toHaveLength(1);
    expect(slack.posts[0]!.split('\n\n')).toEqual([
      expect.stringMatching(/has not accepted our access/),
      expect.stringMatching(
        /^Acme Roofing: The invoice of proposal .+ It stands in \S+:8089\/inbox\/page\?org_id=\d+ as item \d+/,
      ),
    ]);
    expect(mail.received[0]!.subject).toBe('Acme Roofing: 2 things need attention');
  });

  it('wait for the end of the quiet hours, all but a lost connection', async () => {
    await contractor.admin.patch('/org/settings', {
      time_zone: 'UTC',
      alert_email: 'office@acme.test',
      alert_quiet_hours: { from: '20:00', to: '07:00' },
    });
    await refuseInvoice();
    clock.set('2099-03-20T23:00:00Z');
    await round();
    await settled();
    expect(slack.posts).toEqual([]);
    const becomes = (code: string, reason: string) =>
      books.database.query(
        `update inbox_items set code = $2, reason = $3 where org_id = $1 and state = 'open' and code <> $2`,
        [contractor.orgId, code, reason],
      );
    await becomes('dispute_open', 'The bank disputes it');

    await books.database.query(
      `update qbo_tokens set state = 'needs_reauth', updated_at = $2 where org_id = $1`,
      [contractor.orgId, clock.now()],
    );
    await round();
    await settled();
    expect(slack.posts).toEqual([expect.stringMatching(/has not accepted our access/)]);

    clock.set('2099-03-21T07:00:00Z');
    await round();
    await settled();
    expect(slack.posts).toHaveLength(2);
    expect(slack.posts[1]).toMatch(/: The bank disputes it\. .+ stands in http:\/\/localhost:8089\/inbox/);
    expect(mail.received.map(({ to }) => to)).toEqual([['office@acme.test'], ['office@acme.test']]);

    // The same item is about another matter, and people are told once more.
    await becomes('dispute_lost', 'The dispute is lost');
    await round();
    await round();
    await settled();
    expect(slack.posts.slice(2)).toEqual([expect.stringMatching(/: The dispute is lost\. /)]);

    // It changes and is over before anybody is told of the change: that it began was told long before.
    clock.set('2099-03-21T21:00:00Z');
    await becomes('dispute_open', 'The bank looks again');
    await round();
    await books.database.query(
      `update inbox_items set state = 'resolved', closed_at = now() where org_id = $1 and state = 'open'`,
      [contractor.orgId],
    );
    await round();
    clock.set('2099-03-22T07:00:00Z');
    await round();
    await settled();
    expect(slack.posts.slice(3)).toEqual([expect.stringMatching(/is resolved: The bank looks again\.$/)]);
  });

  it(
    'reach the mailbox, and keep the watcher free, while Slack is dead; Slack hears of it in order when ' +
      'it is back',
    async () => {
      slack.answer = 'silent';
      await breakConnection();
      await round();
      expect(await problem()).toBeNull(); // nobody has waited until Slack was given up
      await eventually(() => expect(mail.received).toHaveLength(1));
      await connect(books.app, contractor.admin, { realmId: contractor.realmId });
      await round();
      await eventually(() => expect(mail.received).toHaveLength(2));
      await eventually(async () => expect(await problem()).toMatch(/did not answer within 5000 ms/));

      slack.answer = 200;
      slack.posts.length = 0;
      clock.advance({ minutes: 6 });
      await settled();
      expect(slack.posts).toEqual([
        expect.stringMatching(/has not accepted our access/),
        expect.stringMatching(/is connected again/),
      ]);
    },
  );

  it('reach a corrected address at once, whatever the mailbox of the one before takes', async () => {
    await contractor.admin.patch('/org/settings', { alert_email: 'ofice@acme.test' });
    mail.refuse('450 4.2.1 try again later');
    await breakConnection();
    await round();
    await eventually(async () => expect(await waiting('email')).toMatchObject([{ attempts: 1 }]));

    await contractor.admin.patch('/org/settings', { alert_email: 'office@acme.test' });
    await connect(books.app, contractor.admin, { realmId: contractor.realmId });
    await round();
    await eventually(() => expect(mail.received.map(({ to }) => to)).toEqual([['office@acme.test']]));
    expect(await waiting('email')).toMatchObject([{ recipient: 'ofice@acme.test' }]);
  });

  it('arrive twice, and no more often, where the mail server never says that it takes them', async () => {
    mail.loseNextAnswer(5);
    await breakConnection();
    await round();
    await eventually(async () => expect(await waiting('email')).toMatchObject([{ attempts: 1 }]));
    clock.advance({ minutes: 1 });
    await settled();
    mail.loseNextAnswer(0);
    expect(mail.received).toHaveLength(2);
  });

  it('are posted twice, and no more often, where Slack takes them and is too slow to say so', async () => {
    slack.answer = 'silent';
    await breakConnection();
    await round();
    await eventually(async () => expect(await waiting('slack')).toMatchObject([{ attempts: 1 }]));
    await eventually(async () => expect(await problem()).toMatch(/so it may have arrived$/));
    for (let minutes = 0; minutes < 4; minutes += 1) {
      clock.advance({ minutes: 6 });
      await settled();
    }
    expect(slack.posts).toHaveLength(2);
    expect(await waiting('slack')).toEqual([]);
  });

  it('wait for no other channel where an organisation has one of its own', async () => {
    await using own = await startSlack();
    own.answer = 500;
    await giveChannel(own);
    await breakConnection();
    await round();
    await eventually(async () => expect(await problem()).toBe('Slack answered 500'));
    const [before] = await waiting('slack');

    slack.answer = 404; // the channel of the installation was removed
    clock.advance({ seconds: 5 });
    contractor = await aContractor(books, 'Best Gutters');
    await breakConnection();
    await round();
    await eventually(() => expect(slack.posts).toHaveLength(1));
    await eventually(async () =>
      expect((await waiting('slack')).map(({ attempts }) => attempts)).toEqual([1, 1]),
    );
    expect((await waiting('slack'))[0]!.dueAt).toEqual(before!.dueAt);
  });

  it('follow no redirect, and are tried again after a refusal', async () => {
    await using elsewhere = await startSlack();
    slack.answer = 307;
    slack.location = elsewhere.url;
    await breakConnection();
    await round();
    await eventually(async () => expect(await problem()).toBe('Slack answered 307'));
    expect(slack.posts).toHaveLength(1);
    slack.answer = 200;
    slack.location = undefined;
    clock.advance({ minutes: 6 });
    await settled();
    expect(slack.posts).toHaveLength(2);
    expect(elsewhere.posts).toEqual([]);
  });

  it('tell of an answer that is missing for ten minutes, and not before, and of how that ends', async () => {
    const { realmId: realm_id, orgId } = contractor;
    const unanswered = async (): Promise<number> => {
      const proposalId = await anApprovedProposal(contractor);
      const fault = { operation: 'invoice.create', realm_id, kind: 'reset', when: 'before' } as const;
      await books.control.planFault(fault);
      await contractor.admin.post(`/qbo/invoice/${proposalId}`);
      return proposalId;
    };
    const id = await unanswered();
    clock.advance({ minutes: 9 });
    expect(await round()).toBe(0);
    clock.advance({ minutes: 2 });
    expect(await round()).toBe(2);
    await settled();
    expect(slack.posts).toEqual([
      expect.stringMatching(
        new RegExp(`has not answered about the invoice of proposal ${id} since .+/why/proposals/${id}`),
      ),
    ]);
    await contractor.admin.post(`/qbo/invoice/${id}`);
    await round();
    await settled();
    expect(slack.posts[1]).toMatch(/It is known now: .+ is in QuickBooks/);

    await unanswered();
    clock.advance({ minutes: 11 });
    await round();
    // As the job of another try leaves it.
    await books.database.query(
      `update sync_operations set state = 'refused', error_kind = 'uncertain' where org_id = $1 and state <> 'done'`,
      [orgId],
    );
    await round();
    await settled();
    expect(slack.posts.at(-1)).toMatch(/is not known, and another try was made in its place/);
  });

  it('tell of a company that could not be read for three intervals, and not before', async () => {
    const fail = (minutes: number) =>
      books.database.query(
        `update qbo_sweeps set last_error = 'No answer', last_started_at = $2, next_sweep_at = $2,
                last_succeeded_at = $2::timestamptz - $3 * interval '1 minute' where org_id = $1`,
        [contractor.orgId, clock.now(), minutes],
      );
    await books.database.query(`update qbo_tokens set connected_at = $2 where org_id = $1`, [
      contractor.orgId,
      new Date(clock.now().getTime() - 86_400_000),
    ]);
    await fail(89);
    expect(await round()).toBe(0);
    await fail(91);
    expect(await round()).toBe(2);
    await books.database.query(`update qbo_sweeps set last_error = null where org_id = $1`, [
      contractor.orgId,
    ]);
    expect(await round()).toBe(2);
    await settled();
    expect(slack.posts).toEqual([
      expect.stringMatching(/could not be read/),
      expect.stringMatching(/is read again/),
    ]);
  });

  it(
    'tell the installation once that the reads of the month run short, while polls slow, and once that ' +
      'they suffice',
    async () => {
      await using frugal = await startApp({
        databaseUrl: books.database.url,
        env: { ...books.qbo.env, ...env, QBO_READ_BUDGET_PER_MONTH: '1000' },
        clock,
      });
      const factor = async (): Promise<number> => (await frugal.app.get(ReadBudgetService).standing()).factor;
      const use = (reads: number) =>
        books.database.query(
          `insert into qbo_usage as total (month, org_id, operation, calls, metered) values ('2099-04', $1,
            'cdc', $2, $2)
         on conflict on constraint qbo_usage_pkey do update set calls = $2, metered = $2`,
          [contractor.orgId, reads],
        );
      clock.set('2099-04-16T00:00:00Z'); // half of the month is over
      await use(400);
      expect([await factor(), await round(frugal)]).toEqual([1, 0]);

      await use(401);
      expect([await factor(), await round(frugal)]).toEqual([2, 2]);
      expect(await round(frugal)).toBe(0);
      await settled();
      expect(slack.posts).toEqual([
        expect.stringMatching(
          new RegExp(
            '^PeakPro CRM: 401 of the 1,000 reads of QuickBooks that April 2099 has are used, .+ 802\\. ' +
              '.+QuickBooks is read less often',
          ),
        ),
      ]);
      expect(mail.received).toMatchObject([
        { to: ['ops@peakpro.test'], subject: 'PeakPro CRM: the reads of QuickBooks run short' },
      ]);

      clock.set('2099-04-17T00:00:00Z'); // the forecast is below 80 %, and not yet below 75
      expect(await round(frugal)).toBe(0);
      clock.set('2099-04-18T00:00:00Z');
      expect([await factor(), await round(frugal)]).toEqual([1, 2]);
      await settled();
      expect(slack.posts[1]).toMatch(/suffice for April 2099 again/);

      await use(900);
      expect(await round(frugal)).toBe(2);
      clock.set('2099-05-01T00:00:00Z');
      expect(await round(frugal)).toBe(2);
      await settled();
      expect(slack.posts).toHaveLength(4);
      expect(slack.posts[3]).toMatch(/A new month has begun/);
      expect(await round()).toBe(0); // with the usual budget the same reads are no news
    },
  );

  it('hold nothing that is secret, and cannot call a channel', async () => {
    await books.app.app.get(SlackClient).post('<!channel> & <http://evil.test|click>');
    expect(slack.posts).toEqual(['&lt;!channel&gt; &amp; &lt;http://evil.test|click&gt;']);
    await breakConnection();
    await round();
    await settled();
    const [tokens] = await books.database.query<{ refresh_token_sealed: string }>(
      'select refresh_token_sealed from qbo_tokens where org_id = $1',
      [contractor.orgId],
    );
    const said = slack.posts.join() + mail.received.map(({ source }) => source).join();
    expect(said).not.toContain('services/T0');
    expect(said).not.toContain(tokens!.refresh_token_sealed);
  });

  it('are off where neither Slack nor a mail server is named', async () => {
    await using quiet = await startApp({ databaseUrl: books.database.url, env: books.qbo.env, clock });
    await breakConnection();
    expect(await round(quiet)).toBe(0);
    expect(await books.database.query('select from alert_incidents')).toEqual([]);
    expect(await round()).toBe(2); // so the silence above is not for want of trouble
  });

  it('reach the channel of an organisation where the installation names none', async () => {
    await using own = await startSlack();
    await using plain = await startApp({ databaseUrl: books.database.url, env: books.qbo.env, clock });
    await giveChannel(own);
    await breakConnection();
    expect(await round(plain)).toBe(1);
    await settled();
    expect(own.posts).toEqual([expect.stringMatching(/^Acme Roofing: .+ has not accepted our access/)]);
    expect([slack.posts, mail.received]).toEqual([[], []]);
  });

  it.each([
    ['can be told nowhere', null],
    ['are asleep', 'office@acme.test'],
  ])('reach an organisation however many matters are before it of others that %s', async (_, email) => {
    const mailed = { ...books.qbo.env, SMTP_URL: mail.url };
    await using posting = await startApp({ databaseUrl: books.database.url, env: mailed, clock });
    const hoursFromNow = (hours: number) =>
      after(clock.now(), hours * HOUR_MS)
        .toISOString()
        .slice(11, 16);
    await contractor.admin.patch('/org/settings', {
      time_zone: 'UTC',
      alert_email: email,
      alert_quiet_hours: { from: hoursFromNow(-2), to: hoursFromNow(2) },
    });
    await books.database.query(
      `insert into alert_incidents (org_id, kind, subject, since, facts, opened_at, last_seen_at)
       select $1, 'answer_lost', number::text, $2, '{"operation":"invoice.create"}', $2, $2
         from generate_series(900000001, 900001001) as number`,
      [contractor.orgId, clock.now()],
    );
    contractor = await aContractor(books, 'Best Gutters');
    await contractor.admin.patch('/org/settings', { alert_email: 'office@best.test' });
    await breakConnection();
    expect(await round(posting)).toBe(1);
    await settled();
    expect(mail.received.map(({ to }) => to)).toEqual([['office@best.test']]);
  });
});
