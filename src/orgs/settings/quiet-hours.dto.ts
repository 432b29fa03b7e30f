import { ApiProperty } from '@nestjs/swagger';
import { Matches, ValidateBy } from 'class-validator';
import { TIME_OF_DAY } from '../../platform/time/local-time.js';

/** Local times of day; over midnight where `from` is later than `to`. */
export class QuietHours {
  @ApiProperty({ example: '20:00', pattern: TIME_OF_DAY.source })
  @Matches(TIME_OF_DAY, { message: 'from must be a time of day, HH:MM' })
  from!: string;

  @ApiProperty({ example: '07:00', pattern: TIME_OF_DAY.source })
  @Matches(TIME_OF_DAY, { message: 'to must be a time of day, HH:MM' })
  @ValidateBy({
    name: 'isAnotherTime',
    validator: {
      validate: (to, args) => to !== (args!.object as QuietHours).from,
      defaultMessage: () => 'to must be another time than from',
    },
  })
  to!: string;
}
