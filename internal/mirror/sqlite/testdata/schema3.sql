-- What reps are and were called. Whoever came to a name first is shown by it, the second as "Ann Ames (2)", for good.
CREATE TABLE rep_names (
	source TEXT NOT NULL,
	label TEXT NOT NULL,       -- as shown, in the form in which labels are compared
	rep TEXT NOT NULL,         -- the id of the rep who has it
	name TEXT NOT NULL,        -- as the CRM wrote it last, '' where it never told one
	namesake INTEGER NOT NULL, -- 0: came to the name first, 2: is shown with (2)
	latest INTEGER NOT NULL,   -- 1: the name that the rep had last
	held INTEGER NOT NULL,     -- 0: of an earlier reading of the account; no part of the checksum
	checksum INTEGER NOT NULL,
	PRIMARY KEY (source, label)
) STRICT, WITHOUT ROWID;
