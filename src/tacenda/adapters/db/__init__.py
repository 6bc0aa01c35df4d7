"""The desk's records on SQLite and on PostgreSQL, from one code path."""
