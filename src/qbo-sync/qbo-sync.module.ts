import { Module } from '@nestjs/common';
import { QboDiagnosticsModule } from './diagnostics/qbo-diagnostics.module.js';
import { QboPullModule } from './pull/qbo-pull.module.js';
import { QboPushModule } from './push/qbo-push.module.js';
import { QboResolutionModule } from './resolution/qbo-resolution.module.js';

/**
 * Everything QuickBooks. Each room builds on those before it: api, connection, operations, pull, push, and on top of
 * them resolution and diagnostics. Only the application imports it.
 */
@Module({ imports: [QboPullModule, QboPushModule, QboResolutionModule, QboDiagnosticsModule] })
export class QboSyncModule {}
