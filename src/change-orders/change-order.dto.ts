import { ApiProperty } from '@nestjs/swagger';
import { ArrayMinSize } from 'class-validator';
import { REASON_LENGTH_MAX } from '../audit/stated-reason.dto.js';
import { OneLine, Prose } from '../platform/http/decorators/text.decorator.js';
import { DESCRIPTION_LENGTH_MAX, LineBody, Lines, LINES_MAX } from '../proposals/views/proposal.dto.js';

/** A change of what was approved: what is added, and with a negative price what is left out. */
export class CreateChangeOrder {
  @ApiProperty({ example: 'Skylights over the stairs', maxLength: DESCRIPTION_LENGTH_MAX })
  @Prose(DESCRIPTION_LENGTH_MAX)
  description!: string;

  @ApiProperty({ type: [LineBody], minItems: 1, maxItems: LINES_MAX })
  @Lines()
  @ArrayMinSize(1)
  lines!: LineBody[];
}

/** Somebody of the organisation approves in the customer's place. */
export class ApproveChangeOrder {
  @ApiProperty({ example: 'Agreed by telephone on 3 March', maxLength: REASON_LENGTH_MAX })
  @OneLine(REASON_LENGTH_MAX)
  reason!: string;
}
