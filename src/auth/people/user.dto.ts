import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayNotEmpty, ArrayUnique, IsArray, IsBoolean, IsIn, IsString, ValidateBy } from 'class-validator';
import { EmailAddress, IfGiven, OneLine } from '../../platform/http/decorators/text.decorator.js';
import { USER_ROLES, type UserRole } from '../access/permissions.js';
import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN, passwordProblem } from '../passwords/password-rules.js';
import type { PersonChange } from './person-change.service.js';
import type { NewPerson } from './users.service.js';

const NAME_LENGTH_MAX = 200;
const PASSWORD_DOCS = {
  example: 'ladder-shingle-42',
  format: 'password',
  minLength: PASSWORD_LENGTH_MIN,
  maxLength: PASSWORD_LENGTH_MAX,
};

const GoodPassword = (): PropertyDecorator =>
  ValidateBy({
    name: 'goodPassword',
    validator: {
      validate: (value) => typeof value !== 'string' || passwordProblem(value) === undefined,
      defaultMessage: (args) => passwordProblem(String(args?.value)) ?? 'password is not usable',
    },
  });

/** A person to add to the caller's organisation. */
export class CreateUser {
  @ApiProperty({ example: 'sam@acme.test', maxLength: 100, description: 'Once per installation' })
  @EmailAddress()
  email!: string;

  @ApiProperty({ example: 'Sam Ruiz', maxLength: NAME_LENGTH_MAX })
  @OneLine(NAME_LENGTH_MAX)
  full_name!: string;

  @ApiProperty(PASSWORD_DOCS)
  @IsString()
  @GoodPassword()
  password!: string;

  @ApiProperty({ enum: USER_ROLES, isArray: true, example: ['sales'] })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(USER_ROLES, { each: true })
  roles!: UserRole[];
}

/** The own name. */
export class OwnName {
  @ApiProperty({ example: 'Sam Ruiz', maxLength: NAME_LENGTH_MAX })
  @OneLine(NAME_LENGTH_MAX)
  full_name!: string;
}

/** What to change about a person; a field that is left out stays as it is. */
export class UpdateUser {
  @ApiPropertyOptional({ example: 'Sam Ruiz', maxLength: NAME_LENGTH_MAX })
  @IfGiven()
  @OneLine(NAME_LENGTH_MAX)
  full_name?: string;

  @ApiPropertyOptional({
    example: false,
    description: 'false signs the person out of this organisation, at once',
  })
  @IfGiven()
  @IsBoolean()
  is_active?: boolean;

  @ApiPropertyOptional({ enum: USER_ROLES, isArray: true, example: ['finance', 'sales'] })
  @IfGiven()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(USER_ROLES, { each: true })
  roles?: UserRole[];

  @ApiPropertyOptional({ ...PASSWORD_DOCS, description: 'Signs the person out everywhere' })
  @IfGiven()
  @IsString()
  @GoodPassword()
  password?: string;
}

export function newPersonOf(body: CreateUser): NewPerson {
  return { email: body.email, fullName: body.full_name, password: body.password, roles: body.roles };
}

export function personChangeOf(body: UpdateUser): PersonChange {
  return {
    fullName: body.full_name,
    isActive: body.is_active,
    roles: body.roles,
    password: body.password,
  };
}
