-- Secrets of webhook endpoints are encrypted, and an endpoint can ask for a pause.

-- The keys that sign webhooks, encrypted with a key from the settings of the service. Keys that were stored without
-- encryption are removed, and their endpoints need new ones.
ALTER TABLE webhook_endpoints DROP CONSTRAINT webhook_endpoints_secret_check;
UPDATE webhook_endpoints
SET secret = '', previous_secret = NULL, previous_until = NULL, disabled_at = coalesce(disabled_at, now()),
    disabled_reason = coalesce(disabled_reason, 'its secret was not encrypted: replace it');
ALTER TABLE webhook_endpoints
    ADD CHECK (octet_length(secret) <= 200),
    ADD CHECK (octet_length(previous_secret) <= 200),
    -- The time at which deliveries to the endpoint continue, after it has asked for a pause with `Retry-After`.
    ADD COLUMN paused_until timestamptz;
