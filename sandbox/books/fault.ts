export interface FaultError {
  Message: string;
  Detail: string;
  code: string;
  element?: string;
}

/**
 * A refusal by the accounting service, in QBO's own words and with QBO's own code. Branch on `code`, never on
 * text.
 */
export class Fault extends Error {
  readonly status: number;
  readonly type: 'ValidationFault' | 'SystemFault';
  readonly errors: FaultError[];

  constructor(
    errors: FaultError[],
    status = 400,
    type: 'ValidationFault' | 'SystemFault' = 'ValidationFault',
  ) {
    super(errors.map((error) => `${error.code} ${error.Detail}`).join('; '));
    this.status = status;
    this.type = type;
    this.errors = errors;
  }

  toBody(): { Error: FaultError[]; type: string } {
    return { Error: this.errors, type: this.type };
  }
}

function fault(code: string, Message: string, Detail: string, element = ''): Fault {
  return new Fault([{ Message, Detail, code, element }]);
}

export const unsupportedOperation = (what: string, status = 400): Fault =>
  new Fault(
    [{ Message: 'Unsupported Operation', Detail: `Operation ${what} is not supported.`, code: '500' }],
    status,
  );

/** A path that stands for nothing, such as what is below a record. */
export const noResource = (path: string): Fault =>
  unsupportedOperation(
    `Could not find resource for relative : ${path} of full path: https://c50.sandbox.qbo.intuit.com/qbo50${path}`,
  );

export const duplicateRequestId = (id: string): Fault =>
  fault('600', 'Duplicate Request ID', `Duplicate Request ID : ${id} was used with another request body`);

/** Read, update or delete of a record that is not there, or is no longer there. */
export const objectNotFound = (): Fault =>
  fault('610', 'Object Not Found', 'Object Not Found : Another user has deleted this transaction.');

/** A reference to a name, item or account that has been made inactive. */
export const madeInactive = (element: string): Fault =>
  fault(
    '610',
    'Object Not Found',
    "Object Not Found : Something you're trying to use has been made inactive. Check the fields " +
      'with accounts, customers, items, vendors or employees.',
    element,
  );

export const cannotLink = (detail: string): Fault =>
  fault('620', 'Transaction not linked', `Transaction cannot be linked : ${detail}`);

export const hasDependents = (detail: string): Fault =>
  fault('800', 'Object Delete Failed', `Cannot delete : ${detail}`);

export const batchTooLarge = (max: number, found: number): Fault =>
  fault('1040', 'Batch Items Exceeded', `Batch allows ${max} items at most : ${found} supplied`);

export const badObjectName = (name: string): Fault =>
  fault('2000', 'Invalid Object Name', `Invalid Object Name : ${name}`);

export const unknownProperty = (name: string): Fault =>
  fault(
    '2010',
    'Request has invalid or unsupported property',
    `Property Name:${name} specified is unsupported or invalid`,
    name,
  );

export const required = (element: string): Fault =>
  fault(
    '2020',
    'Required param missing, need to supply the required value for the API',
    `Required parameter ${element} is missing in the request`,
    element,
  );

export const badId = (value: string): Fault =>
  fault('2030', 'Invalid ID', `Id should be a valid number. Supplied value:${value}`, 'Id');

export const badString = (element: string, detail: string): Fault =>
  fault(
    '2040',
    'Invalid String. The string either contains unsupported characters or is empty',
    detail,
    element,
  );

export const badLength = (element: string, max: number, found: number): Fault =>
  fault(
    '2050',
    'Invalid String Length',
    `String length specified does not match the supported length. Min:0 Max:${max} supported. ` +
      `Supplied length:${found}`,
    element,
  );

export const badDate = (element: string, value: string): Fault =>
  fault('2060', 'Invalid Date', `Date should be in the format yyyy-MM-dd. Supplied value:${value}`, element);

export const badNumber = (element: string, value: string): Fault =>
  fault('2070', 'Invalid Number', `Number should be a valid decimal. Supplied value:${value}`, element);

export const badRequestId = (detail: string): Fault =>
  fault('2130', 'Invalid Request Id format', detail, 'requestid');

export const badEnum = (element: string, value: string): Fault =>
  fault('2170', 'Invalid Enumeration', `Invalid Enumeration : ${value} is not a valid ${element}`, element);

export const badEmail = (element: string): Fault =>
  fault(
    '2210',
    'Invalid Email Address format',
    'Email Address does not conform to the RFC standards.',
    element,
  );

export const badCurrency = (detail: string): Fault =>
  fault('2220', 'Invalid Currency', detail, 'CurrencyRef');

export const negativeAmount = (element: string): Fault =>
  fault('2290', 'Negative amount not allowed', `${element} must be zero or more`, element);

export const unparsable = (detail: string): Fault =>
  fault('2310', 'Error parsing object', `ObjectParserError: ${detail}`);

export const badReference = (target: string, id: string, element: string): Fault =>
  fault(
    '2500',
    'Invalid Reference Id',
    `Invalid Reference Id : ${target} element id ${id} not found`,
    element,
  );

/** An item of a kind that the line cannot hold. */
export const unusableItem = (detail: string): Fault =>
  fault('2500', 'Invalid Reference Id', `Invalid Reference Id : ${detail}`, 'ItemRef');

export const queryParse = (detail: string): Fault =>
  fault('4000', 'Error parsing query', `QueryParserError: ${detail}`);

export const queryInvalid = (detail: string): Fault =>
  fault('4001', 'Invalid query', `QueryValidationError: ${detail}`);

export const stale = (): Fault =>
  fault(
    '5010',
    'Stale Object Error',
    'Stale Object Error : You and Sandbox User were working on this at the same time. Sandbox User ' +
      'finished before you did, so your work was not saved.',
  );

/** The catch-all: a rule of the trade was broken. */
export const businessRule = (detail: string): Fault =>
  fault(
    '6000',
    'A business validation error has occurred while processing your request',
    `Business Validation Error: ${detail}`,
  );

/** A file attached to what is not there. */
export const missingLink = (entity: string, id: string): Fault =>
  businessRule(`The entity ${entity} ${id} that you are trying to link does not exist. ${entity} ${id}`);

export const beforeStockStart = (): Fault =>
  fault(
    '6270',
    'Transaction date is prior to start date for inventory item',
    'Transactions with inventory (QOH) products cant be dated earlier than the Inventory Start Date for the product',
  );

export const wrongAttachment = (fileName: string): Fault =>
  fault('6041', 'Invalid Attachment', `Attachment ${fileName} is of a type that cannot be attached.`);

export const wrongAmount = (element = 'Line.Amount'): Fault =>
  fault(
    '6070',
    'Amount calculation incorrect in the request',
    'Amount is not equal to UnitPrice * Qty. Supplied value:' + element,
    element,
  );

export const noName = (): Fault =>
  fault(
    '6080',
    'No name provided',
    'At least one of DisplayName, Title, GivenName, MiddleName, FamilyName or Suffix is required',
  );

export const duplicateDocNumber = (number: string, entity: string, id: string): Fault =>
  fault(
    '6140',
    'Duplicate Document Number Error',
    `Duplicate Document Number Error : You must specify a different number. This number has already ` +
      `been used. DocNumber=${number} is assigned to TxnType=${entity} with TxnId=${id}`,
  );

export const subscriptionEnded = (): Fault =>
  fault(
    '6190',
    'Invalid Company Status',
    "Subscription period has ended or canceled or there was a billing problem : You can't add data " +
      'to QuickBooks Online Plus because your trial or subscription period ended.',
  );

export const periodClosed = (date: string): Fault =>
  fault(
    '6210',
    'Account Period Closed, Cannot Update Through Services API',
    `The account period has closed and the account books cannot be updated through the QBO Services ` +
      `API. Please use the QBO website to make these changes. Closing date:${date}`,
  );

export const duplicateName = (whose: string): Fault =>
  fault(
    '6240',
    'Duplicate Name Exists Error',
    `The name supplied already exists. : Another ${whose} is already using this \nname. Please use a different name.`,
  );

export const deposited = (): Fault =>
  fault(
    '6540',
    'Deposited Transaction cannot be changed',
    'Deposited transaction cannot be changed : This transaction has been deposited. Remove it from ' +
      'the deposit first.',
  );

export const systemFailure = (detail: string): Fault =>
  new Fault(
    [
      {
        Message: 'An application error has occurred while processing your request',
        Detail: `System Failure Error: ${detail}`,
        code: '10000',
      },
    ],
    500,
    'SystemFault',
  );
