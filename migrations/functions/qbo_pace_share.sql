-- The throttle share of a company: the part of our own rate at which it may be called. What it was slowed down to,
-- and a sixteenth more for each minute since `quiet_since` in which QuickBooks did not ask to wait.
create or replace function qbo_pace_share(slowed_to double precision, quiet_since timestamptz, at timestamptz)
returns double precision language sql immutable
return least(1, slowed_to + floor(greatest(extract(epoch from at - quiet_since), 0) / 60) / 16);
