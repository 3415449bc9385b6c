-- What an account's roles reach, as JSON; none is everything. A sign-in with Microsoft leaves it as it is.
ALTER TABLE accounts ADD COLUMN scope TEXT;
