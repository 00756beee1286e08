"""What does the calendar do to many dossiers at once?

The rules as SQL: one dossier and a million move in the same handful of statements. What each guard means stands in
`engine.rules.guards`; a property test holds the two to the same answer.
"""
