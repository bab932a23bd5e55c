-- The table of idempotency keys is now `writ.idempotency_keys`, a table of the platform. Its records move there. The
-- table does not exist where only these migrations are applied, for example to check queries.
DO $$
BEGIN
    IF to_regclass('writ.idempotency_keys') IS NOT NULL THEN
        INSERT INTO writ.idempotency_keys
            (service, principal, operation, key, request_hash, status, headers, body, created_at, expires_at)
        SELECT current_schema(), principal, operation, key, request_hash, status, headers, body, created_at, expires_at
        FROM idempotency_keys;
    END IF;
END
$$;

DROP TABLE idempotency_keys;
