import { ApiProperty } from '@nestjs/swagger';
import { PersonView } from '../auth.dto.js';

/** A person as admins see them. */
export class UserView extends PersonView {
  @ApiProperty({ example: true, description: 'A second factor is asked for when they sign in' })
  second_factor!: boolean;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-03-02T17:00:00.000Z' })
  created_at!: string;
}
