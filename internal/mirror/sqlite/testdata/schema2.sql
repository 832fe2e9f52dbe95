ALTER TABLE sources ADD COLUMN account_id TEXT NOT NULL DEFAULT ''; -- the vendor's number of the account
ALTER TABLE sources ADD COLUMN account_currency TEXT NOT NULL DEFAULT '';
ALTER TABLE sources ADD COLUMN account_zone TEXT NOT NULL DEFAULT '';
ALTER TABLE sources ADD COLUMN account_fiscal_start INTEGER NOT NULL DEFAULT 0; -- month, 1 to 12
ALTER TABLE sources ADD COLUMN account_revision INTEGER NOT NULL DEFAULT 0; -- the commit that last changed the account
