"""What are the rules of a grant cycle? Pure: no clock, no database, no files."""
