-- The name of a user in two parts. Processes of the previous release write and read only `name` during a rolling update, so
-- a trigger keeps the column and the parts equal, whichever of them a statement writes.
ALTER TABLE users ADD COLUMN given_name text, ADD COLUMN family_name text;

-- The last word of a name is the family name. A name of one word has none. The two parts, joined by a space, are exactly the
-- name again.
UPDATE users SET family_name = coalesce(substring(name FROM '^.+ ([^ ]+)$'), '');
UPDATE users SET given_name = CASE WHEN family_name = '' THEN name ELSE left(name, -length(family_name) - 1) END;

ALTER TABLE users ALTER COLUMN given_name SET NOT NULL, ALTER COLUMN family_name SET NOT NULL;

CREATE FUNCTION keep_name_parts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    writes_name boolean;
BEGIN
    IF TG_OP = 'INSERT' THEN
        writes_name := NEW.given_name IS NULL;
    ELSE
        writes_name := NEW.name <> OLD.name AND (NEW.given_name, NEW.family_name) = (OLD.given_name, OLD.family_name);
    END IF;
    IF writes_name THEN
        NEW.family_name := coalesce(substring(NEW.name FROM '^.+ ([^ ]+)$'), '');
        NEW.given_name :=
            CASE WHEN NEW.family_name = '' THEN NEW.name ELSE left(NEW.name, -length(NEW.family_name) - 1) END;
    ELSE
        NEW.name := NEW.given_name || CASE WHEN NEW.family_name = '' THEN '' ELSE ' ' || NEW.family_name END;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER keep_name_parts BEFORE INSERT OR UPDATE OF name, given_name, family_name ON users
FOR EACH ROW EXECUTE FUNCTION keep_name_parts();

CREATE OR REPLACE VIEW active_users AS
SELECT id, email, email_verified_at, name, role, password_hash, version, created_at, updated_at, given_name, family_name
FROM users
WHERE deleted_at IS NULL;

-- Each sort order by family name, with the filter by role too. The orders by the complete name use the indexes on `name`.
CREATE INDEX users_by_family_name ON users (family_name, id) WHERE deleted_at IS NULL;
CREATE INDEX users_by_role_family_name ON users (role, family_name, id) WHERE deleted_at IS NULL;
CREATE INDEX users_by_created_at_family_name ON users (created_at DESC, family_name, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX users_by_role_created_at_family_name ON users (role, created_at DESC, family_name, id DESC)
WHERE deleted_at IS NULL;
