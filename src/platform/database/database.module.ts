import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Config } from '../config/config.js';
import { dataSourceOptions } from './data-source.js';

/** The pool of this process. Each feature brings its entities; the schema is the migrations' alone. */
@Module({})
export class DatabaseModule {
  static register(url: string): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [
        TypeOrmModule.forRootAsync({
          inject: [Config],
          useFactory: (config: Config) => ({
            ...dataSourceOptions(url, config.database.poolMax, {
              prepares: config.database.directUrl === undefined,
            }),
            autoLoadEntities: true,
            retryAttempts: 5,
            retryDelay: 500,
          }),
        }),
      ],
    };
  }
}
