import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { invalid } from '../../platform/errors/domain-error.js';
import { after, DAY_MS } from '../../platform/time/after.js';
import { Clock } from '../../platform/time/clock.js';
import { zoneNames } from '../../platform/time/zone-name.js';
import { TimeZonesRepository } from './time-zones.repository.js';
import { zoneTrouble, type ZoneTrouble } from './zone-trouble.js';

/** The clocks of a zone are compared for so long, so often that no summer time lies in between. */
const DAYS_BACK = 365;
const DAYS_AHEAD = 730;
const EVERY_DAYS = 10;

/**
 * Days are made of instants here and in the database, each by its own data of time zones. Sees to it that both mean the
 * same by the zone of an organisation: what one of them does not know would end every statement that is about it, also
 * those about all organisations.
 */
@Injectable()
export class TimeZonesService implements OnModuleInit {
  private readonly logger = new Logger('TimeZones');

  constructor(
    private readonly zones: TimeZonesRepository,
    private readonly clock: Clock,
  ) {}

  /** Says at the start of a process what is wrong with zones that are in use. */
  async onModuleInit(): Promise<void> {
    for (const trouble of await this.troubles()) this.say(trouble);
  }

  /** The zones in use of which both do not mean the same. */
  async troubles(): Promise<ZoneTrouble[]> {
    const instants = this.instants();
    const found: ZoneTrouble[] = [];
    for (const zone of await this.zones.listInUse()) {
      const trouble = zoneTrouble(zone, instants, await this.zones.clocks(zone, instants));
      if (trouble) found.push(trouble);
    }
    return found;
  }

  /** By which name a zone is kept: the one it has now, unless the database has that not yet. Throws `invalid`. */
  async nameOf(given: string): Promise<string> {
    const instants = this.instants();
    for (const name of zoneNames(given)) {
      const shown = await this.zones.clocks(name, instants);
      if (shown === null) continue;
      const trouble = zoneTrouble(name, instants, shown);
      if (trouble) this.say(trouble);
      return name;
    }
    const message = `time_zone ${given} is not known to the database: name another place with the same clocks`;
    throw invalid([{ field: 'time_zone', message }]);
  }

  private say({ zone, problem }: ZoneTrouble): void {
    if (problem === 'other_clocks') this.logger.warn(sentenceOf[problem](zone));
    else this.logger.error(sentenceOf[problem](zone));
  }

  private instants(): Date[] {
    const first = after(this.clock.now(), -DAYS_BACK * DAY_MS);
    const count = Math.ceil((DAYS_BACK + DAYS_AHEAD) / EVERY_DAYS);
    return Array.from({ length: count }, (_, index) => after(first, index * EVERY_DAYS * DAY_MS));
  }
}

const sentenceOf: Readonly<Record<ZoneTrouble['problem'], (zone: string) => string>> = {
  unknown_there: (zone) =>
    `PostgreSQL does not know the time zone ${zone} of an organisation: whatever makes days of instants fails, of ` +
    'others, too. Install the zone there (Debian: tzdata-legacy), or set another one',
  unknown_here: (zone) =>
    `This process does not know the time zone ${zone} of an organisation: whatever is about its days fails. Update ` +
    'Node.js, or set another one',
  other_clocks: (zone) =>
    `The clocks of the time zone ${zone} of an organisation differ between PostgreSQL and this process, within the ` +
    'year before or the two to come: near midnight a document and a report may have different days. Update the ' +
    'tzdata of PostgreSQL, and Node.js',
};
