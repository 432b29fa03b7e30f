import { Module } from '@nestjs/common';
import { QboClient } from './client/qbo.client.js';
import { ConnectionService } from './connection/connection.service.js';

@Module({
  providers: [QboClient, ConnectionService],
})
export class QboSyncModule {}
