import { Injectable, Logger } from '@nestjs/common';
import type { SdkCall } from '../http/sdk.client.js';
import type { Entity } from '../mappers/reading/entities.js';
import { readOne, readRows, type Rows } from '../mappers/reading/response-parser.js';
import type { QboEndpoint } from '../model/endpoints.js';
import type { QboCompany } from '../model/qbo-company.js';
import {
  type CallOptions,
  type CallResult,
  type QboCall,
  QboHttpPipelineService,
} from './qbo-http-pipeline.service.js';

/** Calls of the pipeline as the clients make them: a write answers its trace id too, a read only what it read. */
@Injectable()
export class EntityCallsService {
  private readonly logger = new Logger(EntityCallsService.name);

  constructor(private readonly pipeline: QboHttpPipelineService) {}

  /** Any call; one that writes goes out under `call.requestId`. */
  call<T>(company: QboCompany, call: QboCall<T>): Promise<CallResult<T>> {
    return this.pipeline.call(company, call);
  }

  /** Creates or changes one record, and answers it as it is then. */
  write<T>(
    company: QboCompany,
    operation: QboEndpoint,
    entity: Entity<T>,
    send: SdkCall,
    requestId: string | undefined,
  ): Promise<CallResult<T>> {
    return this.call(company, { operation, send, requestId, read: (body) => readOne(body, entity) });
  }

  /** Reads one record. */
  one<T>(
    company: QboCompany,
    operation: QboEndpoint,
    entity: Entity<T>,
    send: SdkCall,
    options?: CallOptions,
  ): Promise<T> {
    return this.read(company, { operation, send, read: (body) => readOne(body, entity) }, options);
  }

  /** Reads the rows of a query that can be read; the others are named, and logged. */
  async rows<T>(
    company: QboCompany,
    operation: QboEndpoint,
    entity: Entity<T>,
    send: SdkCall,
    options?: CallOptions,
  ): Promise<Rows<T>> {
    const rows = await this.read(
      company,
      { operation, send, read: (body) => readRows(body, entity) },
      options,
    );
    for (const { id, reason } of rows.unreadable) {
      this.logger.warn({ orgId: company.orgId, qboId: id, reason }, `Could not read a row: ${entity.name}`);
    }
    return rows;
  }

  async read<T>(company: QboCompany, call: QboCall<T>, options?: CallOptions): Promise<T> {
    return (await this.pipeline.call(company, call, options)).value;
  }

  /** Reads once with a token that is not stored yet. */
  async readWithToken<T>(company: QboCompany, accessToken: string, call: QboCall<T>): Promise<T> {
    return (await this.pipeline.callWithToken(company, accessToken, call)).value;
  }
}
