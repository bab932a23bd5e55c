-- The data that services have seeded. A row is never deleted, so that deleted data does not return at the next start.
CREATE TABLE seeds (
    -- The schema of the service. Services can share a database.
    service text NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    seeded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (service, name)
);

-- The purge of old entries reads the oldest ones.
CREATE INDEX policy_log_by_at ON policy_log (service, at);
