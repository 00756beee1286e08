"""Where can this visitor go from every page?"""

from web.ask import Ask


def navigation(ask: Ask) -> list[tuple[str, str, bool]]:
    """(label, path, whether it is where they are) of each place."""
    places = [(ask.say("Open calls"), "/")]
    if ask.visitor:
        if ask.visitor.is_staff:
            places.append((ask.say("Console"), "/staff"))
        places.append((ask.say("Your dossiers"), "/dossiers"))
        places.append((ask.say("Your meetings"), "/meetings"))
        if ask.visitor.has_part:
            places.append((ask.say("Committee"), "/committee"))
    if ask.office.mailbox:
        places.append((ask.say("Mailbox"), "/mailbox"))
    here = ask.path

    def is_here(path: str) -> bool:
        return here == path if path == "/" else here == path or here.startswith(f"{path}/")

    return [(label, path, is_here(path)) for label, path in places]
