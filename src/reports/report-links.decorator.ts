import { ApiProperty } from '@nestjs/swagger';

/** The company of QuickBooks that has the document of a row, or the customer. */
export const QboRealmId = (): PropertyDecorator =>
  ApiProperty({
    type: String,
    nullable: true,
    example: '9130357992221046',
    description: 'The company of QuickBooks that has it; null: not there',
  });

/** What a row is made of, by a route of ours. */
export const DocumentsPath = (example: string): PropertyDecorator =>
  ApiProperty({ type: String, nullable: true, example, description: 'What the row is made of' });
