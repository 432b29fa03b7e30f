import {
  type DynamicModule,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { AlertsModule } from './alerts/alerts.module.js';
import { AuditModule } from './audit/audit.module.js';
import { BillsModule } from './bills/bills.module.js';
import { AccountModule } from './auth/account/account.module.js';
import { InvitationsModule } from './auth/invitations/invitations.module.js';
import { AuthModule } from './auth/auth.module.js';
import { SignInModule } from './auth/sign-in/sign-in.module.js';
import { ChangeOrdersModule } from './change-orders/change-orders.module.js';
import type { Config } from './platform/config/config.js';
import { ConfigModule } from './platform/config/config.module.js';
import { ContractsModule } from './contracts/contracts.module.js';
import { CustomersModule } from './customers/customers.module.js';
import { DatabaseModule } from './platform/database/database.module.js';
import { HealthModule } from './health/health.module.js';
import { InboxModule } from './inbox/inbox.module.js';
import { HandlerDiscoveryService } from './jobs/handlers/handler-discovery.service.js';
import { JobsModule } from './jobs/jobs.module.js';
import { JobsService } from './jobs/jobs.service.js';
import { LoggingModule } from './platform/logging/logging.module.js';
import { MetricsModule } from './platform/metrics/metrics.module.js';
import { OrgsModule } from './orgs/orgs.module.js';
import { PaymentsModule } from './payments/payments.module.js';
import { StripeWebhooksModule } from './payments/stripe-webhooks/stripe-webhooks.module.js';
import { PortalModule } from './portal/portal.module.js';
import { PrivacyModule } from './privacy/privacy.module.js';
import { ProposalsModule } from './proposals/proposals.module.js';
import { QboSyncModule } from './qbo-sync/qbo-sync.module.js';
import { RedisModule } from './platform/redis/redis.module.js';
import { ReportsModule } from './reports/reports.module.js';
import { RevenueModule } from './revenue/revenue.module.js';
import { SeedModule } from './seed/seed.module.js';
import { TimeModule } from './platform/time/time.module.js';

/** The whole product, for one Config and one database. */
@Module({})
export class AppModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly handlers: HandlerDiscoveryService,
    private readonly jobs: JobsService,
  ) {}

  /** The last module to begin: whatever a job works with is ready when the first one runs. */
  async onApplicationBootstrap(): Promise<void> {
    await this.handlers.work();
  }

  /** The first module to end: what jobs under way work with, the database above all, is there until they are over. */
  async onApplicationShutdown(): Promise<void> {
    await this.jobs.stop();
  }

  static register(
    config: Config,
    databaseUrl: string,
    { cronJobs = config.role !== 'api' }: { cronJobs?: boolean } = {},
  ): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.register(config),
        LoggingModule,
        TimeModule,
        RedisModule,
        DatabaseModule.register(databaseUrl),
        JobsModule.register(config.database.directUrl ?? databaseUrl),
        MetricsModule,
        HealthModule,
        AuditModule,
        AuthModule,
        SignInModule,
        AccountModule,
        InvitationsModule,
        OrgsModule,
        CustomersModule,
        ContractsModule,
        ProposalsModule,
        ChangeOrdersModule,
        InboxModule,
        PaymentsModule,
        StripeWebhooksModule,
        PortalModule,
        QboSyncModule,
        ReportsModule,
        BillsModule,
        RevenueModule,
        PrivacyModule,
        AlertsModule,
        SeedModule,
        ScheduleModule.forRoot({ cronJobs }),
      ],
    };
  }
}
