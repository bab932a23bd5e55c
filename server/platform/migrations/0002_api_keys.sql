-- API keys of callers. The keys themselves are not stored.
CREATE TABLE api_keys (
    -- The schema of the service that accepts the key. Services can share a database.
    service text NOT NULL,
    -- The SHA-256 hash of the key, which is a random text of at least 128 bits.
    key_hash bytea NOT NULL CHECK (octet_length(key_hash) = 32),
    -- The name of the caller. A caller can have several keys, for example while one replaces another.
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    scopes text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    revoked_at timestamptz,
    PRIMARY KEY (service, key_hash)
);
