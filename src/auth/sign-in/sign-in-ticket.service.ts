import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import { Clock } from '../../platform/time/clock.js';

/** Between the password and the code of a sign-in with a browser. */
export const TICKET_LIFE_MS = 5 * 60_000;

const SHAPE = /^(\d{1,10})\.(\d{1,10})\.(\d{1,10})\.(\d{13})\.([\w-]{22})\.([\w-]{43})$/;

/** Whose password was right, for which organisation, and as of which epoch of theirs. */
export interface SignInTicket {
  userId: number;
  orgId: number;
  epoch: number;
}

/** One that a browser brought back. */
export interface ReadTicket extends SignInTicket {
  /** Of the sign-in that begins by it: one, also where its form is sent twice. */
  sessionId: string;
}

/**
 * Says, signed and for five minutes, that the password of somebody was right in this browser, so that it need not be
 * typed again beside the code, and stands in no page. It is kept in a cookie and opens nothing without the code.
 */
@Injectable()
export class SignInTicketService {
  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  issue({ userId, orgId, epoch }: SignInTicket): string {
    const endsAt = this.clock.now().getTime() + TICKET_LIFE_MS;
    const facts = `${userId}.${orgId}.${epoch}.${endsAt}.${randomBytes(16).toString('base64url')}`;
    return `${facts}.${this.sign(facts).toString('base64url')}`;
  }

  /** What a ticket says; null for one that is not ours, or too old. */
  read(ticket: string | null): ReadTicket | null {
    const [, userId, orgId, epoch, endsAt, chance, signature] = SHAPE.exec(ticket ?? '') ?? [];
    if (signature === undefined || Number(endsAt) <= this.clock.now().getTime()) return null;
    const expected = this.sign(`${userId}.${orgId}.${epoch}.${endsAt}.${chance}`);
    if (!timingSafeEqual(Buffer.from(signature, 'base64url'), expected)) return null;
    const sessionId = uuidOf(this.sign(`session:${ticket}`));
    return { userId: Number(userId), orgId: Number(orgId), epoch: Number(epoch), sessionId };
  }

  private sign(facts: string): Buffer {
    return createHmac('sha256', this.config.auth.jwtSecret).update(`sign-in-ticket:${facts}`).digest();
  }
}

/** An id out of a hash, as RFC 9562 has those of no other kind (version 8). */
function uuidOf(hash: Buffer): string {
  const bytes = Buffer.from(hash.subarray(0, 16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
