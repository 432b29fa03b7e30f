import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { plainToInstance } from 'class-transformer';
import { Matches, validateSync } from 'class-validator';
import { cutText } from '../../platform/text/cut-text.js';
import { IfGiven, OneLine } from '../../platform/http/decorators/text.decorator.js';
import { SIGNER_NAME_MAX } from '../page/action-card.js';

/** What the customer sends with *Approve*. */
export class ApproveForm {
  @ApiProperty({ example: 'Maria Ruiz', maxLength: SIGNER_NAME_MAX })
  @OneLine(SIGNER_NAME_MAX)
  name!: string;

  @ApiPropertyOptional({
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    description: 'As the page had it: only what was shown is approved',
  })
  @IfGiven()
  @Matches(/^[0-9a-f]{64}$/)
  version?: string;
}

/** The form where it can be taken; else the name as it was typed, to be shown again. */
export function readApproveForm(
  fields: unknown,
): { ok: true; form: ApproveForm } | { ok: false; typedName: string } {
  const { name, version } = (fields ?? {}) as Record<string, unknown>;
  const form = plainToInstance(ApproveForm, { name, version });
  if (validateSync(form).length === 0) return { ok: true, form };
  return { ok: false, typedName: typeof name === 'string' ? cutText(name, SIGNER_NAME_MAX) : '' };
}
