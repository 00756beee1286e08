"""Is this an address that somebody can be written to, and is this a name?"""

from email_validator import EmailNotValidError, validate_email

from engine.errors import GrantcycleError

LONGEST_NAME = 200


def read_address(text: str) -> str:
    """One plain address, in lower case as it is kept. Raises GrantcycleError with a sentence for anything else."""
    try:
        found = validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as problem:
        raise GrantcycleError(f'"{text[:100]}" is not an address: {str(problem).rstrip(".")}') from problem
    return found.normalized.lower()


def read_name(text: str) -> str:
    """A person's name on one line. Raises GrantcycleError for one that is empty or holds control characters."""
    name = " ".join(text.split())[:LONGEST_NAME]
    if not name or not name.isprintable():
        raise GrantcycleError("a name is one line of text")
    return name
