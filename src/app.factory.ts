import { randomUUID } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyHttpOptions, RawServerDefault } from 'fastify';
import { AppModule } from './app.module.js';
import type { Config } from './platform/config/config.js';
import { answerClientError, answerRouterError } from './platform/http/requests/refused-requests.js';
import { BODY_MAX_BYTES, configureApp } from './app.configure.js';

const REQUEST_TIMEOUT_MS = 30_000;

/** The application, ready to listen, on a database that is migrated. The caller closes it. */
export async function createApp(config: Config, databaseUrl: string): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter(fastifyOptions(config));
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.register(config, databaseUrl),
    adapter,
    {
      bufferLogs: true,
      abortOnError: false,
    },
  );
  await configureApp(app);
  return app;
}

/** How the HTTP server is built, in production and under test. */
export function fastifyOptions({ trustedProxies }: Config): FastifyHttpOptions<RawServerDefault> {
  return {
    genReqId: () => randomUUID(), // never the caller's: it would name two requests, or lines of another's
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    bodyLimit: BODY_MAX_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // How often Node looks for requests that are late; by default half a minute.
    http: { connectionsCheckingInterval: 2_000 },
    frameworkErrors: answerRouterError,
    clientErrorHandler: answerClientError,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
  };
}
