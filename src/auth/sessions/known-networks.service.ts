import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { networkOf } from '../../platform/network/client-address.js';
import type { User } from '../people/user.js';
import { SessionsRepository } from './sessions.repository.js';

/** Tells who comes from where they signed in before. */
@Injectable()
export class KnownNetworksService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly sessions: SessionsRepository,
  ) {}

  /** True for a person who signed in from this network before. Asks as much about nobody, so that it takes as long. */
  async isOf(user: Pick<User, 'id'> | null, ip: string): Promise<boolean> {
    const ips = await this.sessions.recentIps(this.dataSource.manager, user?.id ?? 0);
    return ips.map(networkOf).includes(networkOf(ip));
  }
}
