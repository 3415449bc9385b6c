-- Whose account a session looks as, and until when; NULL: its own.
ALTER TABLE sessions ADD COLUMN views INTEGER;
ALTER TABLE sessions ADD COLUMN views_until_us INTEGER;
