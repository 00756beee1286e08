"""What was typed as a number, or stands as one in an address?"""


def number(text: str) -> int | None:
    """A whole number from 0; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else None


def between(text: str, least: int, most: int) -> int | None:
    """A whole number within these bounds; None for anything else."""
    found = number(text)
    return found if found is not None and least <= found <= most else None
