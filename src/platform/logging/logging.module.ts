import { Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { LogFn, Logger } from 'pino';
import { Config } from '../config/config.js';
import { errorForLog, pathForLog } from './redaction.js';

/**
 * JSON lines on stdout, for people when stdout is a terminal. Tokens, secrets, bodies and query strings never get
 * here.
 */
@Module({
  imports: [
    LoggerModule.forRootAsync({
      inject: [Config],
      useFactory: (config: Config) => ({
        pinoHttp: {
          level: config.logLevel,
          genReqId: (request: { id?: unknown }) => String(request.id),
          quietReqLogger: true,
          hooks: { logMethod: withoutStartupNoise },
          customAttributeKeys: { reqId: 'request_id' },
          customLogLevel: (_request, response, error) =>
            error || response.statusCode >= 500 ? 'error' : response.statusCode >= 400 ? 'warn' : 'debug',
          serializers: {
            req: (request: { id: string; method: string; url: string }) => ({
              id: request.id,
              method: request.method,
              path: pathForLog(request.url),
            }),
            res: (response: { statusCode: number }) => ({ status: response.statusCode }),
            err: errorForLog,
          },
          redact: {
            paths: ['req.headers', 'res.headers', '*.authorization', '*.password', '*.token'],
            remove: true,
          },
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
