-- The authors of API keys: who has issued and revoked a key, and why. For keys that were inserted by hand, they are not known.
ALTER TABLE api_keys
    -- The name that the operator has given, or an empty text.
    ADD COLUMN issued_by text NOT NULL DEFAULT '' CHECK (length(issued_by) <= 100),
    ADD COLUMN issued_role text,
    ADD COLUMN issue_reason text NOT NULL DEFAULT '' CHECK (length(issue_reason) <= 500),
    ADD COLUMN revoked_by text NOT NULL DEFAULT '' CHECK (length(revoked_by) <= 100),
    ADD COLUMN revoked_role text,
    ADD COLUMN revoke_reason text NOT NULL DEFAULT '' CHECK (length(revoke_reason) <= 500);

-- Only keys that are inserted from now on have a role.
ALTER TABLE api_keys ALTER COLUMN issued_role SET DEFAULT session_user;
