-- Responses that are sent again to a caller who repeats an `Idempotency-Key`. The row is written by the transaction
-- that has the effect, so neither exists without the other.
CREATE TABLE idempotency_keys (
    -- The schema of the service that owns the record. Services can share a database.
    service text NOT NULL,
    principal text NOT NULL,
    operation text NOT NULL,
    key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    -- The SHA-256 hash of method, path, query and body.
    request_hash bytea NOT NULL CHECK (octet_length(request_hash) = 32),
    -- The response. It is absent only within the transaction that creates it.
    status smallint,
    headers jsonb,
    body bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (service, principal, operation, key)
);

CREATE INDEX idempotency_keys_by_expires_at ON idempotency_keys (service, expires_at);
