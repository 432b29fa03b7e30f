import { incomeAccountOf } from '../../api/mappers/reading/income-account.js';
import { canStandOnLine } from '../../api/mappers/queries/matching.js';
import { failed, passed, type PreflightCheck } from './preflight-check.js';
import type { PreflightFacts } from './preflight-facts.js';

/** Below the plan Advanced QuickBooks takes no more accounts than this. */
const ACCOUNTS_MAX = 250;
const ACCOUNTS_NEAR = 240;
const ANOTHER_ITEM =
  'Or choose another by PATCH /org/settings; it counts for proposals approved from then on.';

/** Income account, chart of accounts, and how deposits are booked. Pure. */
export function accountChecks({ reading, settings }: PreflightFacts): PreflightCheck[] {
  const { accounts } = reading;
  return [
    ...(accounts ? [incomeCheck(accounts), chartCheck(accounts, reading.info?.offering ?? null)] : []),
    depositModeCheck(settings),
    ...(accounts ? [depositItemCheck({ reading: { ...reading, accounts }, settings })] : []),
  ];
}

type Accounts = NonNullable<PreflightFacts['reading']['accounts']>;

function incomeCheck(accounts: Accounts): PreflightCheck {
  const income = incomeAccountOf(accounts.filter((one) => one.active && one.accountType === 'Income'));
  return income
    ? passed('income_account', 'block', `a product that is made from here is booked to "${income.name}"`)
    : failed(
        'income_account',
        'block',
        'there is no active income account',
        'Add an income account in QuickBooks, under Chart of accounts.',
      );
}

function chartCheck(accounts: Accounts, offering: string | null): PreflightCheck {
  const count = accounts.filter(({ active }) => active).length;
  const found = `${count} active accounts`;
  const unlimited = /advanced|enterprise/i.test(offering ?? '');
  if (unlimited || count < ACCOUNTS_NEAR) return passed('chart_of_accounts', 'warn', found);
  return failed(
    'chart_of_accounts',
    'warn',
    found,
    `QuickBooks takes ${ACCOUNTS_MAX} below the plan Advanced. Make accounts inactive that are not used any more.`,
  );
}

function depositModeCheck({ depositMode }: PreflightFacts['settings']): PreflightCheck {
  if (depositMode === 'liability') {
    return passed('deposit_mode', 'info', 'deposits are owed to the customer until the work is billed');
  }
  return failed(
    'deposit_mode',
    'info',
    'deposits are income as soon as they are billed',
    'Set deposit_mode to liability by PATCH /org/settings, so that a deposit is owed to the customer until the ' +
      'work is billed. It counts for proposals approved from then on.',
  );
}

/** The item that deposits are billed under, and the account behind it. */
function depositItemCheck({
  reading: { item, accounts },
  settings: { depositMode, depositItemName },
}: {
  reading: { item: PreflightFacts['reading']['item']; accounts: Accounts };
  settings: PreflightFacts['settings'];
}): PreflightCheck {
  const name = `"${depositItemName}"`;
  if (item === null) return passed('deposit_item', 'block', `${name} is made with the first invoice`);
  if (item === 'unreadable') {
    return failed(
      'deposit_item',
      'block',
      `${name} is in QuickBooks, and what QuickBooks says of it cannot be read`,
      `Open the product or service ${name} in QuickBooks and save it again. ${ANOTHER_ITEM}`,
    );
  }
  if (!canStandOnLine(item)) {
    return failed(
      'deposit_item',
      'block',
      `${name} is the name of a category or bundle, which cannot stand on an invoice`,
      `Rename it in QuickBooks: a product or service of that name is made then. ${ANOTHER_ITEM}`,
    );
  }
  if (!item.active) {
    return failed(
      'deposit_item',
      'block',
      `${name} is inactive`,
      `Make the product or service ${name} active in QuickBooks. ${ANOTHER_ITEM}`,
    );
  }
  const account = accounts.find(({ id }) => id === item.incomeAccountId) ?? null;
  if (account && !account.active) {
    return failed(
      'deposit_item',
      'block',
      `${name} is booked to "${account.name}", which is inactive`,
      `Make the account "${account.name}" active in QuickBooks, or give ${name} another.`,
    );
  }
  const isLiability = account?.accountType === 'Other Current Liability';
  const booked = account ? `, booked to "${account.name}"` : '';
  if (account && isLiability !== (depositMode === 'liability')) {
    return failed(
      'deposit_item',
      'warn',
      `${name}${booked}, is ${isLiability ? 'a liability' : 'income'}`,
      depositMode === 'liability'
        ? `Give ${name} an account of the type Other Current Liability in QuickBooks, or rename it there: one is made.`
        : `Give ${name} an income account, or set deposit_mode to liability by PATCH /org/settings.`,
    );
  }
  return passed('deposit_item', 'block', `${name} is active${booked}`);
}
