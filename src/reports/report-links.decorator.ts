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

/** The timeline of the proposal that a row is about. */
export const TimelinePath = (): PropertyDecorator => ApiProperty({ example: '/proposals/7/timeline' });

/** The same of a row that may be about none. */
export const OptionalTimelinePath = (): PropertyDecorator =>
  ApiProperty({ type: String, nullable: true, example: '/proposals/7/timeline' });

/** The page of a document, or of a customer, in QuickBooks; null where there is none. */
export const QboUrl = (description = 'Its page in QuickBooks; null: not there'): PropertyDecorator =>
  ApiProperty({
    type: String,
    nullable: true,
    example: 'https://qbo.intuit.com/app/login?pagereq=invoice?txnId=145&deeplinkcompanyid=9130357992221046',
    description,
  });

/** The same of the newest invoice of a row's proposal. */
export const NewestInvoiceUrl = (): PropertyDecorator =>
  QboUrl('The newest invoice of the proposal in QuickBooks; null: not there');
