CREATE INDEX tickets_by_event ON tickets (event_id);
