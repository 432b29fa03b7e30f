import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { Config } from '../config/config.js';
import { Callers, type SignedIn } from './callers.service.js';
import { verification } from './token-verification.js';

/** A token in the Authorization header. */
@Injectable()
export class BearerStrategy extends PassportStrategy(Strategy, 'bearer') {
  constructor(
    config: Config,
    private readonly callers: Callers,
  ) {
    super(verification('bearer', config.auth.jwtSecret, ExtractJwt.fromAuthHeaderAsBearerToken()));
  }

  async validate(claims: Record<string, unknown>): Promise<SignedIn | null> {
    return this.callers.find(claims);
  }
}
