-- Policies at run time: for a limited time, an operator replaces the policy that the contract declares for an operation.

-- The version of these policies. Each change increments it, so the processes of a service poll this row alone. The lock
-- of the row lets changes commit in the order of their versions.
CREATE TABLE policy_versions (
    -- The schema of the service. Services can share a database.
    service text PRIMARY KEY,
    version bigint NOT NULL
);

-- The policies that are set. A row whose time has passed has no effect.
CREATE TABLE policy_overrides (
    service text NOT NULL,
    operation text NOT NULL CHECK (length(operation) BETWEEN 1 AND 200),
    kind text NOT NULL CHECK (kind IN ('rate', 'cache', 'off')),
    -- The policy in the notation of the command, for example `rate=20/60s`.
    change text NOT NULL CHECK (length(change) BETWEEN 1 AND 60),
    set_at timestamptz NOT NULL,
    until timestamptz NOT NULL CHECK (until > set_at AND until <= set_at + interval '24 hours'),
    -- The name that the operator has given, or an empty text.
    operator text NOT NULL CHECK (length(operator) <= 100),
    role text NOT NULL DEFAULT session_user,
    reason text NOT NULL CHECK (length(reason) <= 500),
    PRIMARY KEY (service, operation, kind)
);

-- The log of all changes.
CREATE TABLE policy_log (
    service text NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL DEFAULT statement_timestamp(),
    version bigint NOT NULL,
    action text NOT NULL CHECK (action IN ('set', 'clear')),
    operation text NOT NULL CHECK (length(operation) BETWEEN 1 AND 200),
    change text NOT NULL CHECK (length(change) BETWEEN 1 AND 60),
    -- The end of a policy that was set. It is absent for a policy that was cleared.
    until timestamptz,
    operator text NOT NULL CHECK (length(operator) <= 100),
    role text NOT NULL DEFAULT session_user,
    reason text NOT NULL CHECK (length(reason) <= 500),
    PRIMARY KEY (service, id)
);

-- An entry of the log never changes. It can be deleted after 90 days, or once 10,000 later entries exist.
CREATE FUNCTION refuse_change_of_policy_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.at < now() - interval '90 days' OR EXISTS (
            SELECT FROM writ.policy_log WHERE service = OLD.service AND id > OLD.id ORDER BY id OFFSET 9999 LIMIT 1
        ) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'the log of policies is append-only';
END
$$;

CREATE TRIGGER policy_log_is_append_only BEFORE UPDATE OR DELETE ON policy_log
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_policy_log();

CREATE TRIGGER policy_log_is_not_truncated BEFORE TRUNCATE ON policy_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_policy_log();

-- The running processes of a service, each with the version of the policies that it applies.
CREATE TABLE policy_processes (
    service text NOT NULL,
    id uuid NOT NULL,
    -- The name of the host, and the process id.
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    version bigint NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (service, id)
);
