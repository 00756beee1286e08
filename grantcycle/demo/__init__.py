"""A shipped round, in the middle of its selection, to be looked at."""
