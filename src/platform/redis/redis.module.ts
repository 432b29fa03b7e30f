import { Global, Module } from '@nestjs/common';
import { Config } from '../config/config.js';
import { RedisClient } from './redis.client.js';

@Global()
@Module({
  providers: [
    {
      provide: RedisClient,
      inject: [Config],
      useFactory: ({ redisUrl }: Config) => RedisClient.open(redisUrl),
    },
  ],
  exports: [RedisClient],
})
export class RedisModule {}
