"""What happens around meetings in a life drawn by lot?"""

from contextlib import suppress
from datetime import time, timedelta

from drawn_people import STAFFS, People

from engine.cycle.admitting import Asked
from engine.cycle.meetings import Sitting
from engine.database.records import (
    DossierRow,
    HourRow,
    InvitationRow,
    MeetingRow,
    PersonRow,
    SeatRow,
)
from engine.errors import GrantcycleError
from engine.rules.workflow import APPLICANT, STAFF


class Meetings(People):
    """Meetings, invitations, seats and hours."""

    def _sitting(self, now: int) -> Sitting:
        day = self._day(now) + timedelta(days=self.dice.randint(1, 25))
        return Sitting(day, time(self.dice.randint(9, 12)), time(17), self.dice.choice((None, "Ghent")))

    def planning_meeting(self, now: int) -> str | None:
        if not self.rules.meetings:
            return None
        name = self.dice.choice(list(self.rules.meetings))
        return str(self.cycle.plan_meeting(self.key, name, self._sitting(now), by=self.staff(), now=now))

    def moving_meeting(self, now: int) -> str | None:
        row = self.row_of(MeetingRow)
        if row is None:
            return None
        if self.dice.random() < 0.75:
            self.cycle.move_meeting(self.key, row.id, self._sitting(now), reason="a strike", by=self.staff(), now=now)
        else:
            self.cycle.cancel_meeting(self.key, row.id, reason="a strike", by=self.staff(), now=now)
        return str(row.id)

    def inviting(self, now: int) -> str | None:
        row = self.row_of(MeetingRow)
        if row is None:
            return None
        asked_to = [Asked(self.speaker(one.number), APPLICANT, one.number) for one in self.rows(DossierRow)]
        asked_to += [Asked(STAFFS[0], STAFF)]
        asked_to += [Asked(members[0], name) for name, members in self.members.items()]
        done = 0
        for one in asked_to:
            with suppress(GrantcycleError):
                done += self.cycle.invite(self.key, row.id, [one], by=self.staff(), now=now)
        return f"{row.id} {done}"

    def answering_invitation(self, now: int) -> str | None:
        row = self.row_of(InvitationRow)
        if row is None:
            return None
        given = self.dice.choice(("accepted", "declined", "tentative"))
        self.cycle.answer_invitation(self.key, row.uid, given, via="staff", by=STAFFS[0], now=now)
        return f"{row.id} {given}"

    def signing_up(self, now: int) -> str | None:
        row = self.row_of(MeetingRow)
        if row is None:
            return None
        email = f"guest{self.dice.randint(1, 9)}@public.example"
        place = self.cycle.sign_up(
            self.key, row.id, email=email, language=self.rules.language, now=now, name=email[:6].title()
        )
        return f"{row.id} {email} {place}"

    def answering_offer(self, now: int) -> str | None:
        row = self.row_of(SeatRow)
        if row is None:
            return None
        with self.reading() as session:
            email = session.get_one(PersonRow, row.person_id).email
        if self.dice.random() < 0.5:
            self.cycle.answer_offer(self.key, row.id, takes=self.dice.random() < 0.6, by=email, now=now)
        else:
            self.cycle.give_back(self.key, row.id, by=email, now=now)
        return str(row.id)

    def changing_seats(self, now: int) -> str | None:
        row = self.row_of(MeetingRow)
        if row is None:
            return None
        self.cycle.change_seats(self.key, row.id, self.dice.choice((1, 2, 4, 8)), by=self.staff(), now=now)
        return str(row.id)

    def giving_hours(self, now: int) -> str | None:
        booked = [one for one in self.rules.meetings.values() if one.book_with]
        if not booked:
            return None
        meeting = self.dice.choice(booked)
        who = STAFFS[0] if meeting.book_with == STAFF else self.members[str(meeting.book_with)][0]
        return str(self.cycle.give_hours(self.key, meeting.name, [self._sitting(now)], by=who, now=now))

    def booking_hour(self, now: int) -> str | None:
        hour, dossier = self.row_of(HourRow), self.a_dossier()
        if hour is None or dossier is None:
            return None
        return str(self.cycle.book_hour(self.key, dossier.number, hour.id, by=self.speaker(dossier.number), now=now))
