import cookie from '@fastify/cookie';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { Logger, PinoLogger } from 'nestjs-pino';
import { ReadinessService } from './health/readiness.service.js';
import { Config } from './platform/config/config.js';
import { keepHumanPages } from './platform/errors/human-pages.js';
import { HumanProblemFilter } from './platform/errors/human-problem.filter.js';
import { requestValidation } from './platform/errors/validation.pipe.js';
import { withCommonProblems } from './platform/http/openapi/common-problems.js';
import { closeConnectionsInTime } from './platform/http/connections.js';
import { PAGE_STYLE_SOURCE } from './platform/http/pages/html.js';
import { humanPagesOf } from './human-pages.js';
import { tellLocations, withLocations } from './platform/http/created-location.js';
import { BodilessRoutes } from './platform/http/bodies/bodiless-routes.js';
import { readBodiesAsUtf8 } from './platform/http/bodies/body-parsers.js';
import { exactTypes } from './platform/http/openapi/exact-types.js';
import { nullableSchemas } from './platform/http/openapi/nullable-schemas.js';
import { optionalBodies } from './platform/http/openapi/optional-bodies.js';
import { refuseUnreadableAddresses } from './platform/http/address-text.js';
import { tieCursorsToLists } from './platform/http/lists/list-cursors.js';
import { readForwardedAddresses } from './platform/http/forwarded-addresses.js';
import { setAnswerHeaders } from './platform/http/answer-headers.js';
import { acceptEmptyBodies } from './platform/http/bodies/empty-body.js';
import { answerLivenessEarly } from './platform/http/liveness.js';
import { ignoreExpectations } from './platform/http/requests/refused-requests.js';
import { logRequests } from './platform/http/requests/request-log.js';
import { traceRequests } from './platform/http/requests/request-spans.js';
import { observeRequests } from './platform/http/requests/request-metrics.js';
import { guardMetrics } from './platform/http/operations-door.js';
import { serveOperationsOnly } from './platform/http/process-role-gate.js';
import { takeSignedBodies } from './platform/http/bodies/signed-body.js';
import { MetricsService } from './platform/metrics/metrics.service.js';
import { VERSION } from './platform/version.js';

/** The most that a body of JSON or a form may hold. */
export const BODY_MAX_BYTES = 100 * 1024;

/** Connections of one process at the same time; a balancer and the other replicas have the rest. */
const CONNECTIONS_MAX = 4_000;

/** Everything about HTTP that is the same in production and under test. */
export async function configureApp(app: NestFastifyApplication): Promise<void> {
  const config = app.get(Config);
  const fastify = app.getHttpAdapter().getInstance();
  app.useLogger(app.get(Logger));
  const humanPages = humanPagesOf(app);
  keepHumanPages(fastify, humanPages);
  app.useGlobalFilters(new HumanProblemFilter(humanPages));
  app.useGlobalPipes(requestValidation());
  app.useGlobalInterceptors(new BodilessRoutes());
  setAnswerHeaders(fastify, {
    contentSecurityPolicy: {
      directives: {
        defaultSrc: [`'none'`],
        scriptSrc: [`'self'`],
        styleSrc: [PAGE_STYLE_SOURCE],
        fontSrc: [`'self'`],
        imgSrc: [`'self'`, 'data:'],
        connectSrc: [`'self'`],
        formAction: [`'self'`, new URL(config.qbo.authorizeUrl).origin],
        frameAncestors: [`'none'`],
        upgradeInsecureRequests: null,
      },
    },
    hsts: config.production,
  });
  const readiness = app.get(ReadinessService);
  const metrics = app.get(MetricsService);
  answerLivenessEarly(fastify, {
    isLogged: () => PinoLogger.root.isLevelEnabled('debug'),
    isDraining: () => readiness.isDraining,
    observe: (...request) => metrics.observeRequest(...request),
  });
  readForwardedAddresses(fastify);
  logRequests(fastify, PinoLogger.root);
  traceRequests(fastify);
  fastify.server.maxConnections = CONNECTIONS_MAX;
  ignoreExpectations(fastify);
  closeConnectionsInTime(fastify, () => readiness.isDraining);
  refuseUnreadableAddresses(fastify);
  tieCursorsToLists(fastify);
  tellLocations(fastify);
  acceptEmptyBodies(fastify);
  readBodiesAsUtf8(app, BODY_MAX_BYTES);
  takeSignedBodies(fastify);
  observeRequests(fastify, metrics);
  guardMetrics(fastify, config);
  if (config.role === 'worker') serveOperationsOnly(fastify);
  if (config.corsOrigins.length > 0) {
    app.enableCors({
      origin: [...config.corsOrigins],
      methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      allowedHeaders: ['authorization', 'content-type', 'idempotency-key', 'x-request-id'],
      exposedHeaders: ['location', 'retry-after', 'x-request-id'],
      maxAge: 600,
    });
  }
  await app.register(cookie);
  if (config.docsEnabled) describeApi(app);
}

function describeApi(app: NestFastifyApplication): void {
  const description = new DocumentBuilder()
    .setTitle('PeakPro CRM')
    .setDescription(
      'Proposals, deposits and QuickBooks Online in step. Money is integer cents; instants are ISO 8601 ' +
        'in UTC; errors are RFC 9457 problems.',
    )
    .setVersion(VERSION)
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description:
        'The `access_token` that `POST /auth/login` answers, by itself. When it has expired, the answer is 401: ' +
        'sign in again.',
    })
    .build();
  allowStylesOfDocs(app.getHttpAdapter().getInstance());
  // Made when it is first asked for: it is a third of what a start takes.
  const document = () =>
    withCommonProblems(
      withLocations(
        optionalBodies(exactTypes(nullableSchemas(SwaggerModule.createDocument(app, description)))),
      ),
    );
  SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'openapi.json', raw: ['json'] });
}

/** Swagger UI brings style blocks and attributes of its own; no other page may have any but ours. */
function allowStylesOfDocs(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (/^\/docs(?:[/?]|$)/.test(request.url)) {
      const policy = String(reply.getHeader('content-security-policy') ?? '');
      reply.header('content-security-policy', policy.replace(PAGE_STYLE_SOURCE, `'self' 'unsafe-inline'`));
    }
    done(null, payload);
  });
}
