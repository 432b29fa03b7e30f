import { hotp, totpStep } from '../../src/auth/second-factor/totp.js';
import { Clock } from '../../src/platform/time/clock.js';
import { SystemClockService } from '../../src/platform/time/system-clock.service.js';
import { FakeClock } from './clock.js';
import type { Session } from './people.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** An authenticator app: it knows the secret that a person typed into it, and the time. */
export class AuthenticatorApp {
  private readonly secret: Buffer;

  constructor(
    secret: string,
    private readonly clock: Clock = new SystemClockService(),
  ) {
    const bits = Array.from(secret, (sign) => ALPHABET.indexOf(sign).toString(2).padStart(5, '0')).join('');
    this.secret = Buffer.from(bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2)));
  }

  /** What it shows now, or so many steps of thirty seconds from now. */
  code(stepsAway = 0): string {
    return hotp(this.secret, totpStep(this.clock.now()) + stepsAway);
  }

  /** What it shows next: codes from before were used, and are not good again. A clock that stands still is moved. */
  nextCode(): string {
    if (!(this.clock instanceof FakeClock)) return this.code(1);
    this.clock.advance({ seconds: 30 });
    return this.code();
  }

  /** A code that it shows neither now nor shortly before or after. */
  wrongCode(): string {
    const near = [-2, -1, 0, 1, 2].map((step) => this.code(step));
    return ['000000', '111111', '222222', '333333', '444444', '555555'].find((code) => !near.includes(code))!;
  }
}

/** Turns the second factor of a signed-in person on. Throws where that is refused. */
export async function turnFactorOn(
  person: Session,
  clock?: Clock,
): Promise<{ phone: AuthenticatorApp; recoveryCodes: string[] }> {
  const setup = await person.post('/auth/totp/setup');
  const phone = new AuthenticatorApp(setup.body.secret as string, clock);
  const { status, body } = await person.post('/auth/totp/confirm', { totp: phone.code() });
  if (status !== 200) throw new Error(`The second factor is not on: ${JSON.stringify(body)}`);
  return { phone, recoveryCodes: body.recovery_codes as string[] };
}
