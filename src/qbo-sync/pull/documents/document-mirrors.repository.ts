import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Config } from '../../../platform/config/config.js';
import { prepared } from '../../../platform/database/statements/prepared.js';
import type { LeaseTable } from '../../../jobs/leases/lease.js';
import { throughDoor } from '../../../platform/database/scope/scope.js';
import { Clock } from '../../../platform/time/clock.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { DAY_MS } from '../../../platform/time/after.js';

/** The feed looks back 30 days; what is older than this is read anew. */
export const FEED_MS = 29 * DAY_MS;

/** Who fills the mirror of a company, or reads what changed. */
export const DOCUMENT_MIRROR_LEASE: LeaseTable = {
  table: 'qbo_document_mirrors',
  key: ['org_id', 'realm_id'],
  token: 'lease_token',
  until: 'lease_until',
};

/** Why a fill waits: what it takes, and how the read budget of the month stood. Counts of metered reads. */
export interface FillWait {
  /** When it began to wait, as ISO 8601. */
  since: string;
  reads: number;
  used: number;
  forecast: number;
  budget: number;
}

/** How far a company's mirror is. Instants are QuickBooks' own. */
export interface DocumentMirrorState {
  filledAt: Date | null;
  changedSince: Date | null;
  /** When it was last brought up to date, by our clock. */
  lookedAt: Date | null;
  /** Documents that the fill has read so far, by type. */
  progress: Record<string, number>;
  /** Documents that QuickBooks counted before the fill, by type. */
  totals: Record<string, number>;
  /** QuickBooks' time at the first page of a fill that is under way, or was cut off. */
  fillAsOf: Date | null;
  /** The types that this fill has read whole. */
  fillDone: string[];
  /** The last ids of the type that it is at. */
  fillTail: string[];
  /** Set while its fill waits for the reads of another month, or for a larger budget. */
  waits: FillWait | null;
}

/** How far the mirror of each company's documents has been read. */
@Injectable()
export class DocumentMirrorsRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  async find({ orgId, realmId }: Pick<QboCompany, 'orgId' | 'realmId'>): Promise<DocumentMirrorState | null> {
    const [row] = await this.dataSource.query<DocumentMirrorState[]>(
      prepared(`select filled_at as "filledAt", changed_since as "changedSince", looked_at as "lookedAt", progress,
              totals, fill_as_of as "fillAsOf", fill_done as "fillDone",
              fill_tail as "fillTail", waits
         from qbo_document_mirrors where org_id = $1 and realm_id = $2`),
      [orgId, realmId],
    );
    return row ?? null;
  }

  async introduce({ orgId, realmId }: QboCompany): Promise<void> {
    await this.dataSource.query(
      'insert into qbo_document_mirrors (org_id, realm_id) values ($1, $2) on conflict do nothing',
      [orgId, realmId],
    );
  }

  /** A fill begins with nothing read. `totals`: the documents there are, by type. */
  async beginFill({ orgId, realmId }: QboCompany, totals: Readonly<Record<string, number>>): Promise<void> {
    await this.dataSource.query(
      `update qbo_document_mirrors set totals = $3, progress = '{}', fill_as_of = null, fill_done = '{}',
              fill_tail = '{}'
        where org_id = $1 and realm_id = $2`,
      [orgId, realmId, totals],
    );
  }

  /** So many documents of a type are read, `tail` the last; the first page at QuickBooks' time `asOf` or later. */
  async noteProgress(
    { orgId, realmId }: QboCompany,
    type: string,
    {
      documents,
      tail,
      asOf,
      isWhole,
    }: { documents: number; tail: readonly string[]; asOf: Date; isWhole: boolean },
  ): Promise<void> {
    await this.dataSource.query(
      `update qbo_document_mirrors
          set progress = progress || jsonb_build_object($3::text, $4::integer),
              fill_as_of = coalesce(fill_as_of, $5),
              fill_done = case when $6 then fill_done || $3::text else fill_done end,
              fill_tail = case when $6 then '{}' else $7::text[] end
        where org_id = $1 and realm_id = $2`,
      [orgId, realmId, type, documents, asOf, isWhole, tail],
    );
  }

  /**
   * The fill is over. Answers from when on the change feed has to tell what changed: `overlapMs` before its first page.
   * It is not brought up to date before that is read.
   */
  async markFilled({ orgId, realmId }: QboCompany, overlapMs: number): Promise<Date> {
    const [[row]] = await this.dataSource.query<[{ since: Date }[]]>(
      `update qbo_document_mirrors
          set filled_at = $3, changed_since = fill_as_of - make_interval(secs => $4::float8 / 1000),
              fill_as_of = null, fill_done = '{}'
        where org_id = $1 and realm_id = $2
       returning changed_since as since`,
      [orgId, realmId, this.clock.now(), overlapMs],
    );
    return row!.since;
  }

  /** It is as of its fill, as the change feed does not tell what changed meanwhile. */
  async markLooked({ orgId, realmId }: QboCompany): Promise<void> {
    await this.dataSource.query(
      'update qbo_document_mirrors set looked_at = $3 where org_id = $1 and realm_id = $2',
      [orgId, realmId, this.clock.now()],
    );
  }

  /** Has the fill wait. True where it did not before; since when it waits stays. */
  async wait(tx: EntityManager, { orgId, realmId }: QboCompany, wait: FillWait): Promise<boolean> {
    const [[row]] = await tx.query<[{ isNew: boolean }[]]>(
      `update qbo_document_mirrors m
          set waits = $3::jsonb || jsonb_build_object('since', coalesce(old.waits ->> 'since', $3::jsonb ->> 'since'))
         from (select waits from qbo_document_mirrors where org_id = $1 and realm_id = $2 for no key update) old
        where m.org_id = $1 and m.realm_id = $2
       returning old.waits is null as "isNew"`,
      [orgId, realmId, JSON.stringify(wait)],
    );
    return row!.isNew;
  }

  /** The fill waits no more. */
  async goOn(tx: EntityManager, { orgId, realmId }: QboCompany): Promise<void> {
    await tx.query('update qbo_document_mirrors set waits = null where org_id = $1 and realm_id = $2', [
      orgId,
      realmId,
    ]);
  }

  /** The fill of no company but this one waits any more. True where one did. */
  async giveUpOthers(tx: EntityManager, orgId: number, realmId: string | null): Promise<boolean> {
    const [rows] = await tx.query<[object[]]>(
      `update qbo_document_mirrors set waits = null
        where org_id = $1 and realm_id is distinct from $2 and waits is not null returning realm_id`,
      [orgId, realmId],
    );
    return rows.length > 0;
  }

  /** Connected companies whose fill waits, longest first, and the reads that each takes. */
  listWaiting(tx: EntityManager, limit: number): Promise<{ orgId: number; reads: number }[]> {
    return throughDoor('scheduler', () =>
      tx.query<{ orgId: number; reads: number }[]>(
        `select m.org_id as "orgId", (m.waits ->> 'reads')::int as reads from qbo_document_mirrors m
           join qbo_tokens t on t.org_id = m.org_id and t.realm_id = m.realm_id
            and t.state = 'connected' and t.env = $2
          where m.waits is not null order by m.waits ->> 'since' limit $1`,
        [limit, this.config.qbo.env],
      ),
    );
  }

  /** Changes from `from` until `until` are in the mirror: it is known until then where it was known until `from`. */
  async advance(tx: EntityManager, { orgId, realmId }: QboCompany, from: Date, until: Date): Promise<void> {
    await tx.query(
      `update qbo_document_mirrors set changed_since = greatest(changed_since, $4), looked_at = $5
        where org_id = $1 and realm_id = $2 and changed_since >= $3`,
      [orgId, realmId, from, until, this.clock.now()],
    );
  }
}
