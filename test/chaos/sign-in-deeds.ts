import { createHmac } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer } from './contractor.ts';
import { type Act, type Doing, one } from './deed.ts';
import type { Colleague, SignIn } from './staff.ts';

const PASSWORD = 'gutter-mitre-77';
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STEP_MS = 30_000;
/** Longer than two requests of one program can be apart. */
const LATER_MS = 400;

type ColleagueAct = (doing: Doing, colleague: Colleague) => Promise<string | undefined>;

/** What the people of the office do with their own accounts. */
export const signingIn = {
  hire: async ({ contractor, deed }) => {
    const email = `bo-${deed.org}-${deed.atMs}@chaos.test`;
    const { status, body } = await contractor.ask('POST', '/users', {
      email,
      full_name: 'Bo Keeper',
      password: PASSWORD,
      roles: ['viewer'],
    });
    if (status === 201) {
      const id = body.id as number;
      contractor.staff.push({ id, email, password: PASSWORD, secret: null, signIns: [], isBusy: false });
    }
    return { result: `${email}: ${status}` };
  },

  /** With a second factor twice at once now and then, with one code: somebody looked over the shoulder. */
  'sign in': asColleague(async ({ contractor, deed }, colleague) => {
    if (colleague.secret === undefined) return undefined;
    const { email, password, secret } = colleague;
    const code = secret === null ? {} : { totp: codeOf(secret) };
    const login = () => contractor.askAs('', 'POST', '/auth/login', { email, password, ...code });
    const answers = await Promise.all(
      secret !== null && deed.share % 2 === 0 ? [login(), login()] : [login()],
    );
    const good = answers.filter(({ status }) => status === 200);
    if (secret !== null && good.length > 1)
      contractor.breach('a code is good once', `${email} signed in twice with ${code.totp}`);
    for (const { body } of good) colleague.signIns.push(signInOf(body));
    return answers.map(wordsOf).join(' and ');
  }),

  /** Twice at once now and then, as a program with two tabs does. */
  refresh: withSignIn(async ({ contractor, deed }, { email }, signIn) => {
    if (!signIn.mayRefresh) return undefined;
    const { refreshToken } = signIn;
    const exchange = () => contractor.askAs('', 'POST', '/auth/refresh', { refresh_token: refreshToken });
    const answers = await Promise.all(deed.share % 3 === 0 ? [exchange(), exchange()] : [exchange()]);
    const good = answers.filter(({ status }) => status === 200);
    const successors = new Set(good.map(({ body }) => body.refresh_token as string));
    if (successors.size > 1)
      contractor.breach('a refresh token has one successor', `${email} has ${successors.size}`);
    if (good.length < answers.length) signIn.mayRefresh = false;
    if (answers.some(({ status }) => status === 401) && answers.length > 1) signIn.state = 'unknown';
    else if (answers.some(({ status }) => status === 401))
      contractor.breach('a sign-in that nobody ended holds', `the refresh token of ${email} is refused`);
    const [{ body } = { body: {} }] = good;
    if (good.length === 0) return answers.map(wordsOf).join(' and ');
    signIn.used.push(refreshToken);
    signIn.accessToken = body.access_token as string;
    signIn.refreshToken = body.refresh_token as string;
    return answers.map(wordsOf).join(' and ');
  }),

  /** Somebody who has a copy of a refresh token that was used: the sign-in ends for both. */
  'steal a token': withSignIn(async ({ contractor, deed }, { email }, signIn) => {
    const stolen = one(signIn.used, deed.which);
    if (stolen === undefined) return undefined;
    await pause(LATER_MS);
    const answer = await contractor.askAs('', 'POST', '/auth/refresh', { refresh_token: stolen });
    if (answer.status === 200)
      contractor.breach('a refresh token is good once', `one of ${email} was good a second time`);
    signIn.state = answer.status === 401 ? 'over' : 'unknown';
    return wordsOf(answer);
  }),

  'sign out': withSignIn(async ({ contractor }, _colleague, signIn) => {
    const answer = await contractor.askAs(signIn.accessToken, 'POST', '/auth/logout', {});
    signIn.state = answer.status === 200 ? 'over' : 'unknown';
    return wordsOf(answer);
  }),

  'sign out everywhere': withSignIn(async ({ contractor }, colleague, signIn) => {
    const answer = await contractor.askAs(signIn.accessToken, 'POST', '/auth/logout_all', {});
    endAll(colleague.signIns, answer.status === 200);
    return wordsOf(answer);
  }),

  /** Ends every other sign-in of theirs. */
  'second factor': withSignIn(async ({ contractor }, colleague, signIn) => {
    if (colleague.secret !== null) return undefined;
    const asked = (path: string, body: object): Promise<Answer> =>
      contractor.askAs(signIn.accessToken, 'POST', path, body);
    await asked('/auth/confirm', { password: colleague.password });
    const setup = await asked('/auth/totp/setup', {});
    if (setup.status !== 200) return `not set up: ${wordsOf(setup)}`;
    const secret = setup.body.secret as string;
    const answer = await asked('/auth/totp/confirm', { totp: codeOf(secret) });
    if (answer.status >= 400 && answer.status < 500) return wordsOf(answer);
    colleague.secret = answer.status === 200 ? secret : undefined;
    endAll(
      colleague.signIns.filter((other) => other !== signIn),
      answer.status === 200,
    );
    return wordsOf(answer);
  }),

  /** At once, wherever they are signed in. */
  'let somebody go': asColleague(async ({ contractor }, colleague) => {
    const answer = await contractor.ask('PATCH', `/users/${colleague.id}`, { is_active: false });
    if (answer.status >= 400 && answer.status < 500) return wordsOf(answer);
    endAll(colleague.signIns, answer.status === 200);
    contractor.staff.splice(contractor.staff.indexOf(colleague), 1);
    contractor.formerStaff.push(colleague);
    return wordsOf(answer);
  }),
} satisfies Record<string, Act>;

function asColleague(act: ColleagueAct): Act {
  return async (doing) => {
    const { contractor, deed } = doing;
    const colleague = one(
      contractor.staff.filter(({ isBusy }) => !isBusy),
      deed.which,
    );
    if (!colleague) return undefined;
    colleague.isBusy = true;
    try {
      const said = await act(doing, colleague);
      return said === undefined ? undefined : { result: `${colleague.email}: ${said}` };
    } finally {
      colleague.isBusy = false;
    }
  };
}

function withSignIn(
  act: (doing: Doing, colleague: Colleague, signIn: SignIn) => Promise<string | undefined>,
): Act {
  return asColleague(async (doing, colleague) => {
    const live = colleague.signIns.filter(({ state }) => state === 'live');
    const signIn = one(live, doing.deed.share);
    return signIn && act(doing, colleague, signIn);
  });
}

function endAll(signIns: readonly SignIn[], isSure: boolean): void {
  for (const signIn of signIns) if (signIn.state === 'live') signIn.state = isSure ? 'over' : 'unknown';
}

function signInOf(body: { access_token: string; refresh_token: string }): SignIn {
  const { access_token: accessToken, refresh_token: refreshToken } = body;
  return { accessToken, refreshToken, used: [], state: 'live', mayRefresh: true };
}

function wordsOf({ status, body }: Answer): string {
  return `${status} ${(body.code ?? '') as string}`;
}

/** What an authenticator app shows now, by RFC 6238. */
function codeOf(secret: string): string {
  const bits = Array.from(secret, (sign) => ALPHABET.indexOf(sign).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / STEP_MS)));
  const hash = createHmac('sha1', key).update(counter).digest();
  const from = hash.at(-1)! & 0xf;
  return String((hash.readUInt32BE(from) & 0x7f_ff_ff_ff) % 1_000_000).padStart(6, '0');
}
