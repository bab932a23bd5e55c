-- Answers that are sent again to who repeats an `Idempotency-Key`. The row is written by the
-- transaction that has the effect, so neither is ever there without the other.

CREATE TABLE idempotency_keys (
    principal text NOT NULL,
    operation text NOT NULL,
    key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    -- SHA-256 over method, path, query and body.
    request_hash bytea NOT NULL CHECK (octet_length(request_hash) = 32),
    -- The answer. Empty only inside the transaction that makes it.
    status smallint,
    headers jsonb,
    body bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (principal, operation, key)
);

CREATE INDEX idempotency_keys_by_expires_at ON idempotency_keys (expires_at);
