"""Are two names those of the same organisation?

Only as far as a name can tell: capitals, accents, dots and blanks do not make another one. That two names which
differ in their words are one organisation, staff say (docs/decisions/0030).
"""

import unicodedata


def key_of(name: str) -> str:
    """What a name is compared by: its letters and digits in small letters, without accents; empty for none.

    `Vzw De Brug`, `V.Z.W. DE BRUG` and `vzw  de brug` have the same.
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    return "".join(sign for sign in plain if sign.isalnum() or _is_part_of_a_letter(sign))


def _is_part_of_a_letter(sign: str) -> bool:
    """Vowel signs of scripts that write them as marks belong to the word; the accents of Latin letters do not."""
    return unicodedata.category(sign) in ("Mn", "Mc") and not "\u0300" <= sign <= "\u036f"
