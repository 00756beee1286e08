"""What do staff and others see of meetings: planned, asked to, moved, attended?"""

from collections.abc import Iterator
from datetime import date, time

from living_site import LivingSite
from look import Look
from played import AN
from sqlmodel import col, select
from visiting import CHAIR, ROUND, STAFF

from engine.cycle.admitting import Asked
from engine.cycle.meetings import Sitting
from engine.database.records import InvitationRow, MeetingRow, PersonRow
from web.invitations.certificates import number_of

AT = f"/staff/{ROUND}/meetings"
CONFERENCE = f"{AT}/6"


def in_the_call(_living: LivingSite) -> Iterator[Look]:
    yield Look("meetings", AT, STAFF)
    yield Look("meeting-plan", f"{AT}/plan?meeting=coaching", STAFF)
    yield Look("meeting-nobody-asked", CONFERENCE, STAFF)
    yield Look("meeting-invite-none", f"{CONFERENCE}/invite", STAFF)
    yield Look("certificates-none", "/certificates", AN)


def under_way(living: LivingSite) -> Iterator[Look]:
    """On the day of the kick-off: people were asked, and some have come."""
    site = living.site
    with site.database.reading() as session:
        ids = dict(session.exec(select(MeetingRow.name, MeetingRow.id).where(col(MeetingRow.name) == "kick_off")).all())
    here = f"{AT}/{ids['kick_off']}"
    later = Sitting(date(2022, 11, 29), time(10), time(16), "Leuven", "https://meet.example/slot")
    site.cycle.move_meeting(ROUND, 6, later, reason="De zaal is vrij", by=STAFF, now=site.now)
    site.cycle.invite(ROUND, 6, [Asked(CHAIR, "jury"), Asked(STAFF, "staff")], by=STAFF, now=site.now)
    site.cycle.record_presence(ROUND, ids["kick_off"] or 0, CHAIR, by=STAFF, now=site.now)
    living.post()
    yield Look("meetings-ahead", AT, STAFF)
    yield Look("meeting-asked", CONFERENCE, STAFF)
    yield Look("meeting-move", f"{CONFERENCE}/move", STAFF)
    yield Look("meeting-cancel", f"{CONFERENCE}/cancel", STAFF)
    yield Look("meeting-invite", f"{CONFERENCE}/invite?role=jury", STAFF)
    yield Look("meeting-remind", f"{CONFERENCE}/remind", STAFF)
    yield Look("meeting-door", f"{here}/attendance", STAFF)
    yield Look("meeting-list", f"{here}/attendance?as=list", STAFF)
    yield Look("meeting-certificates", f"{here}/certificates", STAFF)
    with site.database.reading() as session:
        wanted = select(InvitationRow.uid, PersonRow.id).join(PersonRow, col(PersonRow.id) == InvitationRow.person_id)
        of_chair = wanted.where(col(PersonRow.email) == CHAIR, col(InvitationRow.meeting_id) == 6)
        uid, person = session.exec(of_chair).one()
    yield Look("invitation", f"/invitations/{uid}", CHAIR)
    number = number_of(site.office.keys, person or 0, ROUND, "kick_off")
    yield Look("certificates", "/certificates", CHAIR)
    yield Look("certificate", f"/certificates/{number}", CHAIR)
    yield Look("certificate-check", f"/certificates/{number}/check")


LOOKS = {"call": in_the_call, "rollout": under_way}
