import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** The clock of the database. */
@Injectable()
export class DatabaseClockRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** What it shows, in milliseconds since 1970. */
  async nowMs(): Promise<number> {
    const [row] = await this.dataSource.query<[{ ms: number }]>(
      'select extract(epoch from clock_timestamp())::float8 * 1000 as ms',
    );
    return row.ms;
  }
}
