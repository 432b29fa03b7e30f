import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsIn, IsObject, IsOptional, ValidateNested } from 'class-validator';
import { BodyId } from '../platform/http/decorators/body-id.decorator.js';
import { PageQuery } from '../platform/http/lists/page.dto.js';
import { QueryFlag, SearchText } from '../platform/http/decorators/query.decorator.js';
import { EmailAddress, IfGiven, OneLine } from '../platform/http/decorators/text.decorator.js';
import { CUSTOMER_SORTS } from './customers.repository.js';
import { PostalAddressBody } from './postal-address.dto.js';

const NAME_LENGTH_MAX = 200;
const PHONE_LENGTH_MAX = 30;

/** A customer to add. */
export class CreateCustomer {
  @ApiProperty({ example: 'test@example.com', maxLength: 100, description: 'Once per organisation' })
  @EmailAddress()
  email!: string;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'Test Customer', maxLength: NAME_LENGTH_MAX })
  @IsOptional()
  @OneLine(NAME_LENGTH_MAX)
  full_name?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, example: '555-0100', maxLength: PHONE_LENGTH_MAX })
  @IsOptional()
  @OneLine(PHONE_LENGTH_MAX)
  phone?: string | null;

  @ApiPropertyOptional({ type: PostalAddressBody, nullable: true, description: 'Where invoices go' })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => PostalAddressBody)
  billing_address?: PostalAddressBody | null;

  @ApiPropertyOptional({
    type: Number,
    nullable: true,
    example: 1,
    description: "The caller's own organisation; any other is refused",
  })
  @IsOptional()
  @BodyId()
  org_id?: number | null;
}

/** What to change about a customer; a field that is left out stays as it is. */
export class UpdateCustomer {
  @ApiPropertyOptional({ example: 'test@example.com', maxLength: 100 })
  @IfGiven()
  @EmailAddress()
  email?: string;

  @ApiPropertyOptional({
    type: String,
    example: 'Test Customer',
    maxLength: NAME_LENGTH_MAX,
    nullable: true,
    description: 'null clears',
  })
  @IsOptional()
  @OneLine(NAME_LENGTH_MAX)
  full_name?: string | null;

  @ApiPropertyOptional({
    type: String,
    example: '555-0100',
    maxLength: PHONE_LENGTH_MAX,
    nullable: true,
    description: 'null clears',
  })
  @IsOptional()
  @OneLine(PHONE_LENGTH_MAX)
  phone?: string | null;

  @ApiPropertyOptional({
    type: PostalAddressBody,
    nullable: true,
    description: 'Where invoices go; null clears',
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => PostalAddressBody)
  billing_address?: PostalAddressBody | null;

  @ApiPropertyOptional({ example: true })
  @IfGiven()
  @IsBoolean()
  is_active?: boolean;

  @ApiPropertyOptional({
    example: false,
    description: 'false: it is never reminded by itself of invoices that are due; a person still can',
  })
  @IfGiven()
  @IsBoolean()
  reminders?: boolean;
}

export class CustomersQuery extends PageQuery {
  @ApiPropertyOptional({
    example: 'ruiz',
    description: 'Part of a name, an e-mail, in any case, or a phone number, however it is written',
  })
  @SearchText()
  search?: string;

  @ApiPropertyOptional()
  @QueryFlag()
  is_active?: boolean;

  @ApiPropertyOptional({ description: 'Whether it is tied to a customer in QuickBooks' })
  @QueryFlag()
  linked?: boolean;

  @ApiPropertyOptional({
    enum: CUSTOMER_SORTS,
    default: 'id',
    description: 'name and full_name: by the e-mail of one without',
  })
  @IsOptional()
  @IsIn(CUSTOMER_SORTS)
  sort: (typeof CUSTOMER_SORTS)[number] = 'id';
}
