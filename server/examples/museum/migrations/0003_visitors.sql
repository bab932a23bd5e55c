-- The number of visitors to whom tickets were sold. The consumer of sales counts them.
ALTER TABLE events ADD visitors bigint NOT NULL DEFAULT 0;
