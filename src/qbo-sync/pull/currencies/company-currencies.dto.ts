import { ApiProperty } from '@nestjs/swagger';

export class CurrencyView {
  @ApiProperty({ example: 'EUR', description: 'ISO 4217' })
  code!: string;

  @ApiProperty({ enum: [0, 2], example: 2, description: 'How many decimals its amounts have' })
  digits!: number;
}

export class CurrenciesView {
  @ApiProperty({
    example: 'USD',
    description: "The company's home currency; the organisation's own while none is connected",
  })
  home!: string;

  @ApiProperty({ example: true, description: 'Whether the company keeps other currencies, too' })
  multi_currency!: boolean;

  @ApiProperty({
    type: [CurrencyView],
    description:
      'What proposals can be in: the home currency first, then the others that are active in QuickBooks',
  })
  active!: CurrencyView[];

  @ApiProperty({
    type: String,
    format: 'date-time',
    example: '2026-03-02T09:00:00.000Z',
    nullable: true,
    description: 'When QuickBooks was asked; null while no company is connected',
  })
  read_at!: Date | null;
}
