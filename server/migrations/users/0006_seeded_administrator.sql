-- An older server created an administrator at each start without one. If one was ever created, the seed is complete. The
-- table does not exist where only these migrations are applied, for example to check queries.
DO $$
BEGIN
    IF to_regclass('writ.seeds') IS NOT NULL THEN
        INSERT INTO writ.seeds (service, name)
        SELECT current_schema(), 'administrator' WHERE EXISTS (SELECT FROM users WHERE role = 'admin')
        ON CONFLICT DO NOTHING;
    END IF;
END
$$;
