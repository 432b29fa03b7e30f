import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsOptional } from 'class-validator';
import { QueryId } from '../../platform/http/decorators/query.decorator.js';

export class StartConsentQuery {
  @ApiPropertyOptional({
    description: 'Leave the company connected before for another one. Links to the old one stay as they are.',
    default: false,
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  replace_company: boolean = false;

  @ApiPropertyOptional({
    example: 1,
    description:
      'The organisation it is for, as links of ours say: where you are in another one, nothing is begun',
  })
  @QueryId()
  org_id?: number;
}

export class AuthorizationView {
  @ApiProperty({ example: 'https://appcenter.intuit.com/connect/oauth2?client_id=…&state=…' })
  authorization_url!: string;
}

export class ConnectedView {
  @ApiProperty({ enum: ['connected'] })
  status!: 'connected';

  @ApiProperty({ example: '9341457021722202' })
  realm_id!: string;

  @ApiProperty({ enum: ['sandbox', 'production'] })
  env!: string;

  @ApiProperty({ example: 1 })
  org_id!: number;
}

export class DisconnectedView {
  @ApiProperty({ enum: ['disconnected'] })
  status!: 'disconnected';
}
