import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { plainToInstance } from 'class-transformer';
import { Matches, validateSync, type ValidationError } from 'class-validator';
import { cutText } from '../../platform/text/cut-text.js';
import { IfGiven, OneLine } from '../../platform/http/decorators/text.decorator.js';
import { SIGNER_NAME_MAX } from '../page/cards/action-card.js';

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

/** The form where it can be taken; else what is wrong with it, and the name as it was typed, to be shown again. */
export function readApproveForm(
  fields: unknown,
): { ok: true; form: ApproveForm } | { ok: false; message: string; typedName: string } {
  const { name, version } = (fields ?? {}) as Record<string, unknown>;
  const form = plainToInstance(ApproveForm, { name, version });
  const broken = validateSync(form);
  if (broken.length === 0) return { ok: true, form };
  const typedName = typeof name === 'string' ? cutText(name, SIGNER_NAME_MAX) : '';
  return { ok: false, message: messageOf(broken), typedName };
}

/** What a customer is told, who typed one field alone. */
function messageOf(broken: readonly ValidationError[]): string {
  const rules = broken.find(({ property }) => property === 'name')?.constraints;
  if (!rules) return 'This did not arrive as the page shows it. Please approve once more.';
  if ('isString' in rules || 'minLength' in rules) return 'Please type your full name.';
  if ('maxLength' in rules)
    return `Please shorten your name: at most ${SIGNER_NAME_MAX} characters can be kept.`;
  return 'Please type your full name once more, in plain letters.';
}
