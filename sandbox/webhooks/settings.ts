import { BadField, type Fields } from '../fields.ts';
import type { DeliveryFaults } from './delivery-faults.ts';
import type { Endpoint } from './notification.ts';

/** How notifications travel. Everything here can be changed while the sandbox runs. */
export interface Settings extends DeliveryFaults {
  endpoints: readonly Endpoint[];
  /** How long changes are gathered into one POST; 0 sends each at once. */
  coalesceMs: number;
  /** Divides every wait of the retry schedule. */
  speedUp: number;
  /** Seed of the random faults. */
  seed: number;
  /** Whether a company without any connected app sends no notifications, as in QuickBooks. */
  connectedOnly: boolean;
}

/** The verifier token of an endpoint that was given none. */
export const defaultVerifierToken = 'sandbox-verifier-token';

export function defaultSettings(): Settings {
  return {
    endpoints: [],
    coalesceMs: 200,
    speedUp: 1,
    drop: 0,
    duplicate: 0,
    shuffle: false,
    seed: 1,
    connectedOnly: true,
  };
}

function endpointFrom(fields: Fields, before: Endpoint | undefined): Endpoint {
  const url = fields.optionalText('url') ?? before?.url ?? '';
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new BadField('url must be an http or https address');
  return {
    url,
    verifierToken: fields.optionalText('verifier_token') ?? before?.verifierToken ?? defaultVerifierToken,
    format: fields.optionalChoice('format', ['cloudevents', 'legacy']) ?? before?.format ?? 'cloudevents',
  };
}

function endpointsFrom(
  fields: Fields,
  before: Settings,
  read: (body: unknown) => Fields,
): readonly Endpoint[] {
  const list = fields.raw('endpoints');
  if (Array.isArray(list)) return list.map((item) => endpointFrom(read(item), undefined));
  if (fields.raw('url') === null || fields.raw('url') === '') return [];
  if (fields.has('url') || before.endpoints.length > 0) return [endpointFrom(fields, before.endpoints[0])];
  return [];
}

/** The settings with what the body changes; what it does not name stays. `read` opens a nested object. */
export function changedSettings(before: Settings, fields: Fields, read: (body: unknown) => Fields): Settings {
  const touchesEndpoints = ['endpoints', 'url', 'verifier_token', 'format'].some((name) => fields.has(name));
  return {
    endpoints: touchesEndpoints ? endpointsFrom(fields, before, read) : before.endpoints,
    coalesceMs: fields.optionalNumber('coalesce_ms', 0, 600_000) ?? before.coalesceMs,
    speedUp: fields.optionalNumber('speed_up', 0.001, 1_000_000) ?? before.speedUp,
    drop: fields.optionalNumber('drop', 0, 1) ?? before.drop,
    duplicate: fields.optionalNumber('duplicate', 0, 1) ?? before.duplicate,
    shuffle: fields.optionalFlag('shuffle') ?? before.shuffle,
    seed: fields.optionalNumber('seed') ?? before.seed,
    connectedOnly: fields.optionalFlag('connected_only') ?? before.connectedOnly,
  };
}

export function settingsView(settings: Settings): object {
  const [first] = settings.endpoints;
  const view = ({ url, verifierToken, format }: Endpoint): object => ({
    url,
    verifier_token: verifierToken,
    format,
  });
  return {
    url: first?.url ?? null,
    verifier_token: first?.verifierToken ?? null,
    format: first?.format ?? null,
    endpoints: settings.endpoints.map(view),
    coalesce_ms: settings.coalesceMs,
    speed_up: settings.speedUp,
    drop: settings.drop,
    duplicate: settings.duplicate,
    shuffle: settings.shuffle,
    seed: settings.seed,
    connected_only: settings.connectedOnly,
  };
}
