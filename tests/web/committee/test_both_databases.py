"""The committee's pages say the same on every database."""

import re

from databases import BOTH, fresh_on
from jury_room import HERE, before_the_jury, cleared, marked
from visiting import CHAIR, MEMBER, ROUND, STAFF, THIRD, Site, put_round


def _pages(kind: str) -> list[str]:
    with fresh_on(kind) as database:
        put_round(database)
        site = Site(database)
        first, second, third = before_the_jury(site, 3)
        for number, mark in [(second, 9), (third, 5)]:
            marked(site, number, MEMBER, mark)
            marked(site, number, THIRD, 5)
            cleared(site, number, CHAIR)
        site.cycle.declare_conflict(ROUND, first, by=THIRD, now=site.now)
        site.cycle.verdict(ROUND, second, "shortlist", by=CHAIR, now=site.now)
        several = f"{HERE}/ranking/verdicts?state=in_preselection&decision=pass_over&number={second}&number={third}"
        asked = [
            *((MEMBER, path) for path in ("/committee", HERE, f"{HERE}?show=all", f"{HERE}/{second}")),
            *((THIRD, path) for path in (HERE, f"{HERE}?show=conflict", f"{HERE}/day/pitch")),
            *((CHAIR, path) for path in (f"{HERE}/ranking", f"{HERE}/{second}/verdict", several)),
            (STAFF, f"{HERE}/ranking"),
        ]
        found = []
        visits = {email: site.visit(email) for email in {email for email, _ in asked}}
        for email, path in asked:
            page = visits[email].get(path)
            assert page.status_code == 200, (kind, email, path)
            found.append(re.sub(r'name="csrf" value="[^"]+"', "", page.text))
        return found


def test_the_pages_are_the_same_on_both_databases() -> None:
    on_sqlite, on_postgresql = map(_pages, BOTH)
    assert on_sqlite == on_postgresql
