"""What is prepared before a round is opened: drafts of its file, and rehearsals."""
