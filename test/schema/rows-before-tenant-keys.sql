-- Rows in every table as they were before the keys of organisations: a trade of organisation 1 from the customer to the
-- refund, and something of organisation 2 beside it.
insert into orgs (id, name) values (1, 'Acme Roofing'), (2, 'Bolt Electric');
insert into org_settings (org_id, terms_days) values (1, 30), (2, 14);
insert into users (id, org_id, email, full_name, password_hash) values
  (1, 1, 'ann@acme.test', 'Ann Ruiz', '-'), (2, 2, 'bo@bolt.test', 'Bo Lind', '-');
insert into user_roles (user_id, role_id) values (1, 1), (2, 1);
insert into refresh_tokens (user_id, family_id, token_hash, issued_at, expires_at)
  values (1, '0197a1b2-0000-7000-8000-000000000001', '\x01', now(), now());
insert into login_throttles (key, hits, window_ends_at) values ('account:1', 2, now());

insert into customers (id, org_id, email, full_name, qbo_customer_id, qbo_realm_id, qbo_sync_token, qbo_profile) values
  (1, 1, 'cleo@home.test', 'Cleo Park', '58', '9130001', 3, '{"DisplayName": "Cleo Park"}'),
  (2, 2, 'cleo@home.test', 'Cleo Park', '58', '9130002', 0, null);
insert into leads (id, org_id, customer_id, name, status, amount_cents, approved_at, qbo_invoice_id, qbo_realm_id,
                   qbo_status, qbo_state, deposit_paid_cents) values
  (1, 1, 1, 'New roof', 'approved', 120000, now(), '145', '9130001', 'Open', 'partially_paid', 30000),
  (2, 2, 2, 'New wiring', 'approved', 80000, now(), '145', '9130002', 'Open', 'open', 0),
  (3, 1, null, 'Gutters', 'lead', null, null, '146', null, null, null, 0),
  (4, 2, null, 'Lamps', 'lead', null, null, '146', null, null, null, 0);
insert into proposal_lines (org_id, proposal_id, position, description, quantity, unit_price_cents, amount_cents) values
  (1, 1, 1, 'Shingles', 40, 2500, 100000), (1, 1, 2, 'Labour', 8, 2500, 20000), (2, 2, 1, 'Cable', 80, 1000, 80000);
insert into portal_activity (org_id, customer_id, proposal_id, event, occurrence) values
  (1, 1, 1, 'view', null), (1, 1, 1, 'view', null), (1, 1, 1, 'invoice_paid', '145:3'), (2, 2, 2, 'view', null);
insert into portal_links (id, org_id, proposal_id, token_hash, created_by, created_at, expires_at)
  values (1, 1, 1, sha256('a link'), 1, now(), now() + interval '1 day');
insert into proposal_approvals (proposal_id, org_id, link_id, signer_name, approved_at, ip, total_cents, currency,
                                content_hash)
  values (1, 1, 1, 'Cleo Park', now(), '192.0.2.7', 120000, 'USD', sha256('the proposal'));

insert into checkout_sessions (id, org_id, proposal_id, customer_id, idempotency_key, request, stripe_session_id, status,
                               amount_cents, total_cents, deposit_percent, currency) values
  (1, 1, 1, 1, 'checkout-1-1', '{}', 'cs_1', 'paid', 30000, 120000, 25, 'USD'),
  (2, 2, 2, 2, 'checkout-2-1', '{}', null, 'open', 20000, 80000, 25, 'USD');
insert into payments (id, org_id, proposal_id, customer_id, checkout_session_id, stripe_session_id,
                      stripe_payment_intent_id, stripe_charge_id, amount_cents, currency, paid_at, refunded_cents)
  values (1, 1, 1, 1, 1, 'cs_1', 'pi_1', 'ch_1', 30000, 'USD', now(), 500);
insert into stripe_events (event_id, type, received_at, body, content_hash, state, wake_at, processed_at)
  values ('evt_1', 'checkout.session.completed', now(), '{}', '-', 'processed', now(), now());

insert into qbo_tokens (org_id, realm_id, env, state, connected_by, connected_at, access_token_sealed,
                        refresh_token_sealed) values
  (1, '9130001', 'sandbox', 'connected', 1, now(), 'a', 'r'), (2, '9130002', 'sandbox', 'disconnected', 2, now(), null, null);
insert into qbo_oauth_states (state_hash, org_id, user_id, created_at, expires_at) values ('\x02', 1, 1, now(), now());
insert into qbo_limits (realm_id) values ('9130001');
insert into qbo_usage (month, org_id, operation, calls, metered) values ('2026-06', 1, 'cdc', 7, 7), ('2026-06', 2, 'cdc', 1, 1);
insert into qbo_sweeps (org_id, realm_id, next_sweep_at) values (1, '9130001', now()), (2, '9130002', now());
insert into qbo_events (event_id, realm_id, org_id, entity, entity_id, operation, received_at, state, next_attempt_at)
  values ('event-1', '9130001', 1, 'Invoice', '145', 'Update', now(), 'pending', now());
insert into qbo_items (realm_id, name, org_id, qbo_item_id) values ('9130001', 'Deposit', 1, '9'), ('9130002', 'Deposit', 2, '9');
insert into sync_operations (id, org_id, realm_id, kind, entity_id, request_id, payload, state, next_attempt_at, qbo_id,
                             proposal_id) values
  (1, 1, '9130001', 'invoice.create', 1, 'inv-1-1', '{}', 'done', now(), '145', 1),
  (2, 1, '9130001', 'payment.create', 1, 'pay-1-1', '{}', 'uncertain', now(), null, 1),
  (3, 2, '9130002', 'invoice.create', 2, 'inv-2-1', '{}', 'done', now(), '145', 2);
insert into sync_attempts (operation_id, attempt, started_at, finished_at, outcome) values
  (1, 1, now(), now(), 'done'), (2, 1, now(), now(), 'not_sent'), (2, 2, now(), null, null), (3, 1, now(), now(), 'done');
insert into invoice_payments (org_id, proposal_id, realm_id, qbo_payment_id, qbo_invoice_id, kind, amount_cents,
                              sync_token, seen_at, updated_at) values
  (1, 1, '9130001', '151', '145', 'payment', 30000, 0, now(), now()),
  (2, 2, '9130002', '151', '145', 'payment', 100, 0, now(), now());
insert into invoice_compares (id, org_id, realm_id, reason, asked_by, next_run_at, created_at)
  values ('0197a1b2-0000-7000-8000-000000000002', 1, '9130001', 'asked', 1, now(), now());
insert into customer_batches (id, org_id, created_by, total, next_run_at, created_at)
  values ('0197a1b2-0000-7000-8000-000000000003', 1, 1, 1, now(), now());
insert into customer_batch_items (batch_id, org_id, position, customer_id, next_attempt_at)
  values ('0197a1b2-0000-7000-8000-000000000003', 1, 1, 1, now());
insert into customer_batch_calls (request_id, org_id, realm_id, customers, sent_at)
  values ('call-1', 1, '9130001', '{"c1": 1}', now());

insert into inbox_items (id, org_id, subject, code, reason, next_step, proposal_id, customer_id, operation_id, created_at,
                         updated_at)
  values (1, 1, 'payment.create:1', 'uncertain', 'The answer was lost', 'Look it up', 1, 1, 2, now(), now());
insert into inbox_events (org_id, item_id, event, at) values (1, 1, 'opened', now());
insert into alert_incidents (org_id, kind, subject, facts, since, opened_at, last_seen_at) values
  (1, 'needs_person', '1', '{}', now(), now(), now()), (null, 'read_budget', '2026-06', '{}', now(), now(), now());
insert into alert_messages (org_id, channel, recipient, incident_ids, subject, body, next_attempt_at, created_at)
  values (1, 'email', 'ann@acme.test', '{1}', 'Look it up', '-', now(), now());
