import { ApiProperty } from '@nestjs/swagger';
import { MeView } from './auth.dto.js';

/** A person as admins see them. */
export class UserView extends MeView {
  @ApiProperty({ type: String, format: 'date-time', example: '2026-03-02T17:00:00.000Z' })
  created_at!: string;
}
