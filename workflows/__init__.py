"""The programmes, one folder each: their rules, rounds, words and letters."""
