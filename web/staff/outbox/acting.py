"""What is done with one letter: held, let go, skipped, retried, written anew, tried out?"""

from starlette.responses import Response

from engine.errors import GrantcycleError, Refused
from web.ask import Ask
from web.policy import MANAGES
from web.problems import NotThere
from web.routes import Pages
from web.staff.outbox.letter import LETTER, find, page_of, see
from web.staff.outbox.looking_for import path_of, query_of, wanted_by
from web.staff.outbox.saying import why_not

pages = Pages()


@pages.post(LETTER, MANAGES)
def act(ask: Ask) -> Response:
    """One act on one letter; the page says why where it cannot be."""
    found = find(ask)
    number, do = found.line.id, ask.text("do", 20)
    try:
        there, said = _act(ask, number, do)
    except Refused as refused:
        return page_of(ask, 409, [why_not(ask, one, find(ask).line) for one in refused.reasons])
    except Missing as missing:
        return page_of(ask, 422, [str(missing)])
    return ask.go(f"{path_of(ask)}/{there}{query_of(wanted_by(ask))}", said)


class Missing(Exception):
    """Something that has to be said with an act, and was not; the message is a sentence for the visitor."""


def _act(ask: Ask, number: int, do: str) -> tuple[int, str]:
    """Which letter to go to, and what is told. Raises Refused, Missing, and NotThere for an act that is none."""
    desk, by, now, say = ask.office.desk, ask.email, ask.now, ask.say
    reason = " ".join(ask.text("reason", 500).split())
    if do == "hold":
        desk.hold(number, by=by, now=now)
        return number, say("Letter %(number)s is held until somebody lets it go.", number=number)
    if do == "let go":
        seen = see(ask, find(ask))
        if seen.shown is None:
            raise Missing(say("It cannot be written, so it cannot be let go: %(problem)s", problem=seen.problem))
        desk.let_go(number, by=by, now=now)
        return number, say("Letter %(number)s is let go.", number=number)
    if do == "skip":
        if not reason:
            raise Missing(say("Say why this letter is skipped: it is kept with it."))
        desk.cancel(number, by=by, now=now, reason=reason)
        return number, say("Letter %(number)s is skipped: it is never sent.", number=number)
    if do == "retry":
        desk.retry(number, by=by, now=now)
        return number, say("Letter %(number)s is tried again now.", number=number)
    if do == "test":
        desk.send_test(number, once=ask.text("once", 200), by=by, now=now)
        return number, say("A test is on its way to %(address)s.", address=by)
    if do == "anew":
        other = desk.write_anew(number, hold=True, by=by, now=now)
        return other, say("This letter goes in place of letter %(number)s. It is held: change it, then let it go.",
                          number=number)  # fmt: skip
    if do == "address":
        return _to_another_address(ask, number)
    raise NotThere


def _to_another_address(ask: Ask, number: int) -> tuple[int, str]:
    address = ask.text("address", 320)
    if not address:
        raise Missing(ask.say("Give the address that this letter should go to."))
    try:
        other = ask.office.desk.write_anew(number, address=address, by=ask.email, now=ask.now)
    except Refused:
        raise
    except GrantcycleError as problem:
        raise Missing(ask.say("“%(address)s” is not an address that a letter can be sent to.", address=address)) \
            from problem  # fmt: skip
    said = ask.say("This letter goes to %(address)s, in place of letter %(number)s.", address=address, number=number)
    return other, said
