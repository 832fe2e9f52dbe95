// Package mirror keeps the local copy of the CRMs: the contract of a store, which its engines fulfil and which the
// suite in mirrortest holds them to.
//
// These words mean one thing each:
//
//	word        what it is                                    who writes it          who compares it
//	----        ----------                                    -------------          ---------------
//	version     when the CRM last modified a record, in       the CRM                rules: of two copies the older loses
//	            milliseconds since 1970; 0 where it says
//	            nothing
//	revision    the number of the commit that last changed    Commit                 Load: what changed since a revision;
//	            what a reader sees of a row, counted by                              rules: whether a row changed since
//	            stream; 0 before the first Finish                                    the last Finish
//	pass        the number of a full read of a stream,        the connector          rules: a sweep removes what was last
//	            counted upwards by the connector                                     seen in an earlier pass
//	epoch       who holds the right to write a stream, in a   nobody yet: one file   nobody yet
//	            store that several processes share            has one owner
//	identity    what decides what the records of a stream      the connector, and    Bind: whether the rows fit, and which
//	            say: address, meaning, and what fills each    Bind stores it        columns are pending
//	            column
//	pending     columns that not all rows have yet, since     Bind, Commit,         who shows records: what needs such a
//	            a widening: one full pass in place            Finish                column is absent
//	generation  the rows of a stream under one identity; the  Bind                   every query: its number is part of
//	            number of the stream stands for it                                   each row's key
//	layout      the columns of a content in their order, a    Open, once for each    Load and rules: a content is read by
//	            number in the store                           new one                the layout that it was written in
package mirror
