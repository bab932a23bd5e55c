-- Policies at run time for the calls of other services: their time limit and their retries.
ALTER TABLE policy_overrides
    DROP CONSTRAINT policy_overrides_kind_check,
    ADD CONSTRAINT policy_overrides_kind_check CHECK (kind IN ('rate', 'cache', 'timeout', 'retry', 'off'));
