import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import { OneLine } from '../platform/http/decorators/text.decorator.js';
import type { PostalAddress } from './postal-address.js';

const TEXT = { type: String, nullable: true } as const;
const LINE_LENGTH_MAX = 200;
const PART_LENGTH_MAX = 100;

/** An address, of which the first line is needed. */
export class PostalAddressBody implements PostalAddress {
  @ApiProperty({ example: '412 Aspen Way', maxLength: LINE_LENGTH_MAX })
  @OneLine(LINE_LENGTH_MAX)
  line1!: string;

  @ApiPropertyOptional({ ...TEXT, example: null, maxLength: LINE_LENGTH_MAX })
  @IsOptional()
  @OneLine(LINE_LENGTH_MAX)
  line2?: string | null;

  @ApiPropertyOptional({ ...TEXT, example: 'Denver', maxLength: PART_LENGTH_MAX })
  @IsOptional()
  @OneLine(PART_LENGTH_MAX)
  city?: string | null;

  @ApiPropertyOptional({ ...TEXT, example: 'CO', maxLength: PART_LENGTH_MAX })
  @IsOptional()
  @OneLine(PART_LENGTH_MAX)
  region?: string | null;

  @ApiPropertyOptional({ ...TEXT, example: '80202', maxLength: 20 })
  @IsOptional()
  @OneLine(20)
  postal_code?: string | null;

  @ApiPropertyOptional({ ...TEXT, example: 'US', description: 'ISO 3166, two letters' })
  @IsOptional()
  @Matches(/^[A-Z]{2}$/, { message: 'country must be two capital letters, such as US' })
  country?: string | null;
}
