import { Transform } from 'class-transformer';
import {
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsPositive,
  IsString,
  IsUrl,
  Matches,
  Max,
  Min,
  MinLength,
  ValidateBy,
} from 'class-validator';
import { Decimal } from '../http/decorators/decimal.decorator.js';
import { ItemName } from '../http/decorators/item-name.decorator.js';
import { isAddressRange } from '../network/address-range.js';
import { plainNumber } from '../text/plain-number.js';
import { ServiceUrl } from './service-url.decorator.js';

/** Names of a network of one's own, too: those of containers often hold an underscore. */
const LOCAL_URL = {
  require_tld: false,
  allow_underscores: true,
  protocols: ['http', 'https'],
  require_protocol: true,
};
const WEB_ADDRESS = { message: '$property must be an address such as https://crm.example.com' };
const TRUE_OR_FALSE = { message: '$property must be true or false' };
const DATABASE = {
  schemes: ['postgres', 'postgresql'],
  example: 'postgresql://user:password@host:5432/crm',
  isHostOptional: true,
};

const Flag = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^(true|1|yes|on)$/i.test(value)
      ? true
      : typeof value === 'string' && /^(false|0|no|off)$/i.test(value)
        ? false
        : value,
  );

/** `0x10`, `1e3` and spaces stay text and are refused: a port of 16 is not what whoever wrote that looks for. */
const Numeric = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? (plainNumber(value) ?? value) : value,
  );

/**
 * Every environment variable the product reads, by its own name, with its default. An empty variable counts as not set.
 * Secrets have no default here: development gets them from `readConfig`, production must bring its own.
 */
export class Environment {
  @IsIn(['development', 'test', 'production'])
  NODE_ENV: string = 'development';

  @Numeric()
  @IsInt()
  @Min(0)
  @Max(65_535)
  PORT: number = 8089;

  /** Empty: 127.0.0.1 with the secrets of development, else 0.0.0.0. */
  @IsOptional()
  @Matches(/^[\w.:-]+$/, { message: 'HOST must be an address or a name to listen on' })
  HOST?: string;

  /** Empty: the metrics and health stand on PORT alone. */
  @IsOptional()
  @Numeric()
  @IsInt()
  @Min(0)
  @Max(65_535)
  OPERATIONS_PORT?: number;

  /** Sent as a header: one with anything else in it could never be. */
  @IsOptional()
  @Matches(/^[!-~]+$/, {
    message: 'METRICS_TOKEN must be of letters, digits and signs of ASCII, without spaces',
  })
  METRICS_TOKEN?: string;

  /** Empty: false in production, else true. Of no effect beside METRICS_TOKEN. */
  @IsOptional()
  @Flag()
  @IsBoolean(TRUE_OR_FALSE)
  METRICS_OPEN?: boolean;

  /** Empty: false in production, else true. */
  @IsOptional()
  @Flag()
  @IsBoolean(TRUE_OR_FALSE)
  DOCS_ENABLED?: boolean;

  @IsString()
  CORS_ORIGINS: string = '';

  /** Empty: the origin of PORTAL_PUBLIC_URL. */
  @IsOptional()
  @IsUrl(LOCAL_URL, WEB_ADDRESS)
  CRM_PUBLIC_URL?: string;

  @IsIn(['all', 'api', 'worker'])
  CRM_ROLE: string = 'all';

  /** From SIGTERM until the listener closes. Empty: 3 in production, else 0. */
  @IsOptional()
  @Numeric()
  @IsNumber({ allowNaN: false, allowInfinity: false })
  @Min(0)
  @Max(10)
  SHUTDOWN_DELAY_SECONDS?: number;

  @IsOptional()
  @ServiceUrl(DATABASE)
  DATABASE_URL?: string;

  /** The same database without a pooler in between: migrations, the job queue and its LISTEN. Empty: DATABASE_URL. */
  @IsOptional()
  @ServiceUrl(DATABASE)
  DATABASE_DIRECT_URL?: string;

  /** The same database as the owner of the tables, for migrations alone. Empty: DATABASE_DIRECT_URL. */
  @IsOptional()
  @ServiceUrl(DATABASE)
  DATABASE_MIGRATE_URL?: string;

  @IsString()
  CRM_DATA_DIR: string = '.data';

  @Numeric()
  @IsInt()
  @Min(2)
  @Max(500)
  DB_POOL_MAX: number = 10;

  @Flag()
  @IsBoolean(TRUE_OR_FALSE)
  DB_MIGRATE: boolean = true;

  @IsOptional()
  @MinLength(32, { message: 'JWT_SECRET_KEY must have at least 32 characters' })
  JWT_SECRET_KEY?: string;

  @Numeric()
  @IsInt()
  @Min(1)
  @Max(1440)
  JWT_ACCESS_TOKEN_EXPIRE_MINUTES: number = 30;

  @Numeric()
  @IsInt()
  @Min(1)
  API_REQUESTS_PER_MINUTE: number = 6_000;

  /** Addresses or CIDR ranges of the reverse proxies whose X-Forwarded-For is believed, comma separated. */
  @ValidateBy({
    name: 'proxies',
    validator: {
      validate: (text) =>
        String(text)
          .split(',')
          .every((one) => one.trim() === '' || isAddressRange(one.trim())),
      defaultMessage: () =>
        'TRUST_PROXY must name the addresses of your proxies, such as 10.0.0.0/8,127.0.0.1; /0 would believe everybody',
    },
  })
  TRUST_PROXY: string = '';

  @IsOptional()
  @IsString()
  TOKEN_ENCRYPTION_KEYS?: string;

  @Flag()
  @IsBoolean(TRUE_OR_FALSE)
  CRM_ENABLE_SEED: boolean = false;

  @IsOptional()
  @MinLength(8)
  SEED_ADMIN_PASSWORD?: string;

  @IsString()
  QBO_CLIENT_ID: string = '';

  @IsString()
  QBO_CLIENT_SECRET: string = '';

  @IsUrl(LOCAL_URL, WEB_ADDRESS)
  QBO_REDIRECT_URI: string = 'http://localhost:8089/qbo/oauth/callback';

  @Flag()
  @IsBoolean(TRUE_OR_FALSE)
  QBO_SANDBOX_MODE: boolean = true;

  @IsOptional()
  @IsIn(['sandbox', 'production'])
  QBO_ENV?: string;

  @IsOptional()
  @IsUrl(LOCAL_URL, WEB_ADDRESS)
  QBO_API_BASE_URL?: string;

  @IsUrl(LOCAL_URL, WEB_ADDRESS)
  QBO_AUTHORIZE_URL: string = 'https://appcenter.intuit.com/connect/oauth2';

  @IsUrl(LOCAL_URL, WEB_ADDRESS)
  QBO_TOKEN_URL: string = 'https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer';

  @IsUrl(LOCAL_URL, WEB_ADDRESS)
  QBO_REVOKE_URL: string = 'https://developer.api.intuit.com/v2/oauth2/tokens/revoke';

  @Numeric()
  @IsPositive({ message: 'QBO_INVOICE_POLL_INTERVAL_MIN must be a number of minutes greater than 0' })
  QBO_INVOICE_POLL_INTERVAL_MIN: number = 30;

  /** The same for companies whose webhooks prove to reach us; never less than daily. Empty: no difference. */
  @IsOptional()
  @Numeric()
  @IsNumber({ allowNaN: false, allowInfinity: false })
  @Min(0.001, { message: 'QBO_WEBHOOK_FED_POLL_INTERVAL_MIN must be a number of minutes greater than 0' })
  @Max(1_440)
  QBO_WEBHOOK_FED_POLL_INTERVAL_MIN?: number;

  @Numeric()
  @IsInt()
  @Min(100)
  @Max(120_000)
  QBO_REQUEST_TIMEOUT_MS: number = 30_000;

  /**
   * Calls a second to one company, all replicas together. Intuit allows 10 and answers more with a pause of a minute.
   */
  @Numeric()
  @IsInt()
  @Min(1)
  @Max(10_000)
  QBO_REQUESTS_PER_SECOND: number = 8;

  /** Calls a minute to one company, all replicas together. Intuit allows 500, shared with other vendors' apps. */
  @Numeric()
  @IsInt()
  @Min(15)
  @Max(600_000)
  QBO_REQUESTS_PER_MINUTE: number = 450;

  /** Calls to one company under way at the same time, all replicas together. Intuit once named 10. */
  @Numeric()
  @IsInt()
  @Min(1)
  @Max(1_000)
  QBO_REQUESTS_AT_ONCE: number = 8;

  @IsString()
  QBO_WEBHOOK_VERIFIER_TOKEN: string = '';

  @ItemName()
  QBO_ITEM_NAME_DEPOSIT: string = 'Roof Deposit';

  @Flag()
  @IsBoolean(TRUE_OR_FALSE)
  QBO_RECORD_PAYMENTS: boolean = false;

  @Numeric()
  @IsInt()
  @Min(1)
  QBO_READ_BUDGET_PER_MONTH: number = 500_000;

  /** Invoices that the people of one organisation may ask for in 24 hours. */
  @Numeric()
  @IsInt()
  @Min(1)
  INVOICES_PER_DAY: number = 5_000;

  @IsString()
  STRIPE_SECRET_KEY: string = '';

  @IsString()
  STRIPE_WEBHOOK_SECRET: string = '';

  @IsOptional()
  @IsUrl(LOCAL_URL, WEB_ADDRESS)
  STRIPE_API_BASE_URL?: string;

  @IsUrl(LOCAL_URL, WEB_ADDRESS)
  PORTAL_PUBLIC_URL: string = 'http://localhost:8089/portal';

  @Numeric()
  @Decimal(2)
  @Min(0.01)
  @Max(100)
  DEPOSIT_PERCENT: number = 30;

  @IsOptional()
  @ServiceUrl({ schemes: ['smtp', 'smtps'], example: 'smtp://user:password@host:587' })
  SMTP_URL?: string;

  @IsOptional()
  @IsEmail()
  ALERT_EMAIL_TO?: string;

  @IsOptional()
  @IsUrl(LOCAL_URL, WEB_ADDRESS)
  SLACK_WEBHOOK_URL?: string;

  @IsOptional()
  @ServiceUrl({ schemes: ['redis', 'rediss'], example: 'redis://:password@host:6379' })
  REDIS_URL?: string;

  /** The OpenTelemetry collector that traces go to. Empty: no traces. */
  @IsOptional()
  @IsUrl(LOCAL_URL, WEB_ADDRESS)
  OTEL_EXPORTER_OTLP_ENDPOINT?: string;

  /** Headers for the collector, such as its key; read by the SDK itself. */
  @IsOptional()
  @Matches(/^[^=,\s]+=[^=,]*(,[^=,\s]+=[^=,]*)*$/, {
    message: 'OTEL_EXPORTER_OTLP_HEADERS must be name=value pairs, comma separated, percent-encoded',
  })
  OTEL_EXPORTER_OTLP_HEADERS?: string;

  @MinLength(1)
  OTEL_SERVICE_NAME: string = 'peakpro-crm';

  /** How many of the traces that begin here are kept. */
  @Numeric()
  @IsNumber({ allowNaN: false, allowInfinity: false })
  @Min(0)
  @Max(1)
  OTEL_TRACES_SAMPLER_ARG: number = 1;

  /** Milliseconds between two deliveries of spans. */
  @Numeric()
  @IsInt()
  @Min(50)
  @Max(60_000)
  OTEL_BSP_SCHEDULE_DELAY: number = 5_000;

  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
  LOG_LEVEL: string = 'info';
}
