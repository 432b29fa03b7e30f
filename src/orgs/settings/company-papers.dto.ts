import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches, MaxLength } from 'class-validator';
import { PublicUrl } from '../../platform/http/decorators/public-url.decorator.js';
import { OneLine, Prose } from '../../platform/http/decorators/text.decorator.js';

const LOGO_LENGTH_MAX = 80_000;
const ADDRESS_LENGTH_MAX = 500;
const PHONE_LENGTH_MAX = 40;
const TERMS_LENGTH_MAX = 4_000;
const URL_LENGTH_MAX = 500;

const TEXT = { type: String, nullable: true } as const;

/** What stands on the papers of an organisation, and where it is told of trouble on Slack. */
export class CompanyPapersView {
  @ApiProperty({ ...TEXT, example: null, description: 'A picture on the customer page, as a data: address' })
  company_logo!: string | null;

  @ApiProperty({ ...TEXT, example: '12 Elm Street\nDenver, CO 80202', description: 'On page and mails' })
  company_address!: string | null;

  @ApiProperty({ ...TEXT, example: '+1 303 555 0100', description: 'On page and mails' })
  company_phone!: string | null;

  @ApiProperty({
    ...TEXT,
    example: null,
    description: 'What customers agree to beside the lines; on the page',
  })
  company_terms!: string | null;

  @ApiProperty({
    ...TEXT,
    example: null,
    description:
      "The organisation's own Slack webhook, told of trouble; only admins see more of it than its host",
  })
  slack_webhook_url!: string | null;
}

export class UpdateCompanyPapers {
  @ApiPropertyOptional({ ...TEXT, example: 'data:image/png;base64,iVBORw0KGgo=', maxLength: LOGO_LENGTH_MAX })
  @IsOptional()
  @MaxLength(LOGO_LENGTH_MAX)
  @Matches(/^data:image\/(png|jpeg|webp|gif);base64,[A-Za-z0-9+/]+=*$/, {
    message: 'company_logo must be a PNG, JPEG, WebP or GIF picture as a data: address in base64',
  })
  company_logo?: string | null;

  @ApiPropertyOptional({ ...TEXT, example: '12 Elm Street\nDenver, CO 80202', maxLength: ADDRESS_LENGTH_MAX })
  @IsOptional()
  @Prose(ADDRESS_LENGTH_MAX)
  company_address?: string | null;

  @ApiPropertyOptional({ ...TEXT, example: '+1 303 555 0100', maxLength: PHONE_LENGTH_MAX })
  @IsOptional()
  @OneLine(PHONE_LENGTH_MAX)
  company_phone?: string | null;

  @ApiPropertyOptional({ ...TEXT, example: 'Work is guaranteed for ten years.', maxLength: TERMS_LENGTH_MAX })
  @IsOptional()
  @Prose(TERMS_LENGTH_MAX)
  company_terms?: string | null;

  @ApiPropertyOptional({
    ...TEXT,
    example: 'https://hooks.slack.com/services/T0/B0/x',
    maxLength: URL_LENGTH_MAX,
  })
  @IsOptional()
  @MaxLength(URL_LENGTH_MAX)
  @PublicUrl()
  slack_webhook_url?: string | null;
}
