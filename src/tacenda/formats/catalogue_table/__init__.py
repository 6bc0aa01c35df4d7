"""A catalogue as a file: CSV, TSV, JSON Lines, XLSX and Parquet, recognised by content, streamed row by row.

`table.inspect` says what a file is and why; `table.read` yields a `Row` or a `BadRow` for each of its rows.
"""
