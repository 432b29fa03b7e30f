import { Controller, Get } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppModule } from '../../../src/app.module.js';
import { readConfig } from '../../../src/platform/config/config.js';
import { configureApp } from '../../../src/app.configure.js';
import { type TestApp, startApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { OPEN } from '../../support/open-routes.js';
import { anyone, createOrg, Session, type TestOrg } from '../../support/people.js';

interface Operation {
  summary?: string;
  tags?: string[];
  responses: Record<string, unknown>;
}

@Controller('forgotten')
class ForgottenController {
  @Get()
  open(): string {
    return 'open';
  }
}

describe('Every route', () => {
  let database: TestDatabase;
  let app: TestApp;
  let org: TestOrg;
  let operations: [route: string, Operation][];

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
    org = await createOrg(app);
    const { body } = await anyone(app).get<{ paths: Record<string, Record<string, Operation>> }>(
      '/openapi.json',
    );
    operations = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, Operation] => [
        `${method.toUpperCase()} ${path}`,
        operation,
      ]),
    );
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  it('but those listed asks for a token', async () => {
    const lax: string[] = [];
    for (const [route] of operations.filter(([name]) => !OPEN.has(name))) {
      const [method, path] = route.split(' ') as [string, string];
      const answer = await anyone(app).send(method, path.replaceAll(/\{\w+\}/g, '1'));
      if (answer.status !== 401) lax.push(`${route}: ${answer.status}`);
    }
    expect(lax).toEqual([]);
    expect(operations.length).toBeGreaterThan(OPEN.size);
  });

  it('but those listed tells that it needs one', async () => {
    const silent = operations.filter(([route, { responses }]) => !OPEN.has(route) && !responses['401']);
    expect(silent.map(([route]) => route)).toEqual([]);
  });

  it('says what it does and stands under a heading', () => {
    const bare = operations.filter(([, { summary, tags }]) => !summary || !tags?.length);
    expect(bare.map(([route]) => route)).toEqual([]);
  });

  it('that says nothing about access is open to nobody', async () => {
    const config = readConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent' });
    const module = await Test.createTestingModule({
      imports: [AppModule.register(config, database.url, { cronJobs: false })],
      controllers: [ForgottenController],
    }).compile();
    const forgetful = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), {
      rawBody: true,
    });
    await configureApp(forgetful);
    await forgetful.listen(0, '127.0.0.1');
    try {
      const url = (await forgetful.getUrl()).replace(/\/$/, '');
      expect((await new Session(url).get('/forgotten')).status).toBe(403);
      expect((await new Session(url, org.admin.token).get('/forgotten')).status).toBe(403);
      expect((await new Session(url, org.admin.token).get('/auth/me')).status).toBe(200);
    } finally {
      await forgetful.close();
    }
  });

  it('of the documentation is open', async () => {
    expect((await anyone(app).get('/docs')).status).toBe(200);
    expect((await anyone(app).get('/openapi.json')).status).toBe(200);
  });
});
