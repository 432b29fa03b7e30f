import { Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { LogFn, Logger } from 'pino';
import { Config } from '../config/config.js';
import { correlation } from '../correlation/correlation.js';
import { correlationFields } from '../correlation/correlation-fields.js';
import { errorForLog } from './error-for-log.js';
import { logFields } from './log-fields.js';

/**
 * JSON lines on stdout, for people when stdout is a terminal. Tokens, secrets, bodies and query strings never get
 * here. Each line carries the ids of the request or job it was written in; the line of a request itself is written by
 * `logRequests`, so the library's own middleware is bound to no route.
 */
@Module({
  imports: [
    LoggerModule.forRootAsync({
      inject: [Config],
      useFactory: (config: Config) => ({
        forRoutes: [],
        pinoHttp: {
          level: config.logLevel,
          autoLogging: false,
          // Wrapped serializers get a copy of an error instead of the error: its type, code and causes are lost.
          wrapSerializers: false,
          serializers: { err: errorForLog },
          hooks: { logMethod: withoutStartupNoise },
          mixin: () => correlationFields(correlation()),
          formatters: { log: logFields },
          transport:
            process.stdout.isTTY && !config.production
              ? { target: 'pino-pretty', options: { singleLine: true, ignore: 'pid,hostname' } }
              : undefined,
        },
      }),
    }),
  ],
})
export class LoggingModule {}

const STARTUP_CONTEXTS = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer']);
const INFO = 30;

/** Nest tells of every module and route it loads; that is for debugging Nest, not for running this. */
function withoutStartupNoise(this: Logger, args: Parameters<LogFn>, log: LogFn, level: number): void {
  const [facts] = args as [unknown];
  const context =
    typeof facts === 'object' && facts !== null && 'context' in facts ? facts.context : undefined;
  if (level === INFO && STARTUP_CONTEXTS.has(String(context))) return;
  log.apply(this, args);
}
