"""What do pages ask of the database?

Each question costs a number of queries that does not depend on how many rows there are, and changes nothing. Whether
somebody may see the answer is for `engine.rules.roles` to say.
"""

from collections.abc import Callable

from engine.files.reading import Programme

Rules = Callable[[str], Programme]
"""digest -> the programme that it pins; `Shelf.rules(session)` gives one"""
