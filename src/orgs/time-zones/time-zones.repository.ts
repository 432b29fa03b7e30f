import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { throughDoor } from '../../platform/database/scope/scope.js';
import { SQLSTATE, sqlStateOf } from '../../platform/database/failures/sqlstate.js';

/** What the database knows of time zones, by which it makes days of instants. */
@Injectable()
export class TimeZonesRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** What clocks of a zone show at these instants, `YYYY-MM-DD HH:MM`; null where the database does not know it. */
  async clocks(zone: string, instants: readonly Date[]): Promise<string[] | null> {
    try {
      const rows = await this.dataSource.query<{ shown: string }[]>(
        `select to_char(t.at at time zone $1, 'YYYY-MM-DD HH24:MI') as shown
           from unnest($2::timestamptz[]) with ordinality as t (at, place) order by t.place`,
        [zone, instants],
      );
      return rows.map(({ shown }) => shown);
    } catch (error) {
      if (sqlStateOf(error) === SQLSTATE.invalidParameterValue) return null;
      throw error;
    }
  }

  /** Those of all organisations, of now and of before, each once. */
  async listInUse(): Promise<string[]> {
    const rows = await throughDoor('overview', () =>
      this.dataSource.query<{ zone: string }[]>(
        `select time_zone as zone from org_settings
          union
         select f ->> 'zone' from org_settings s, jsonb_array_elements(s.former_time_zones) f
          order by zone`,
      ),
    );
    return rows.map(({ zone }) => zone);
  }
}
