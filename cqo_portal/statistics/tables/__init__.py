"""One module for each table: its records, its columns, its checks."""
