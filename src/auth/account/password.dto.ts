import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Allow as AnyValue, IsString, MaxLength } from 'class-validator';
import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from '../passwords/password-rules.js';
import { SECRET_LENGTH_MAX, SecretText } from '../secret-text.decorator.js';

const NEW_PASSWORD = {
  example: 'ladder-shingle-42',
  format: 'password',
  minLength: PASSWORD_LENGTH_MIN,
  maxLength: PASSWORD_LENGTH_MAX,
};

export class ChangePassword {
  @ApiProperty({ example: 'ladder-shingle-41', format: 'password' })
  @SecretText()
  current_password!: string;

  @ApiProperty(NEW_PASSWORD)
  @IsString()
  @MaxLength(SECRET_LENGTH_MAX)
  new_password!: string;
}

export class ForgotPassword {
  /** What is no address, or nothing at all, is nobody's, and the answer is the same for whatever is nobody's. */
  @ApiPropertyOptional({ type: String, nullable: true, example: 'sam@acme.test' })
  @AnyValue()
  email?: unknown;
}

export class ResetPassword {
  @ApiProperty({
    example: 'kX0xkJ6Yw7oQ1g4cJt2bqv0m8m3Jm1mQ9bqk3E1fV5s',
    description: 'As the mail brought it',
  })
  @SecretText()
  token!: string;

  @ApiProperty(NEW_PASSWORD)
  @IsString()
  @MaxLength(SECRET_LENGTH_MAX)
  new_password!: string;
}

export class PasswordTakenView {
  @ApiProperty({ example: true })
  ok!: true;
}
