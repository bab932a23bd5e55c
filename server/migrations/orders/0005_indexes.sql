-- Each sort order of the contract has an index, with the filters by user and by status too. An index also serves the reverse
-- order. The orders of one user are few, so the filter by status is checked within the index.
CREATE INDEX orders_by_created_at_total ON orders (created_at DESC, total, id DESC);
CREATE INDEX orders_by_status_created_at_total ON orders (status, created_at DESC, total, id DESC);
CREATE INDEX orders_by_status_total ON orders (status, total, id);
CREATE INDEX orders_by_user_created_at_total ON orders (user_id, created_at DESC, total, id DESC, status);
CREATE INDEX orders_by_user_created_at_status ON orders (user_id, created_at, id, status);
CREATE INDEX orders_by_user_total_status ON orders (user_id, total, id, status);
DROP INDEX orders_by_user_created_at, orders_by_user_total;
