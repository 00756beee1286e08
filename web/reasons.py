"""How is the engine's reason for a "no" said in the reader's language?

The engine gives each reason a code and its facts. Of a code's sentences the first is said for which there are facts.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date

from engine.errors import Refusal
from web import dates
from web.ask import Ask


def N_(sentence: str) -> str:  # noqa: N802  what gathers sentences for translation looks for this name
    """A sentence that is translated when it is said."""
    return sentence


NUMBER = re.compile(r"-?\d+(\.\d+)?")
PLACES = re.compile(r"%\((\w+)\)s")
BECAUSE = "because"
"""the fact that tells reasons of one code from each other"""

SENTENCES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("agreed", ""): (N_("No score is agreed on here. Open the page again."),),
    ("address", "elsewhere"): (N_("%(email)s takes part in a round that you do not run."),),
    ("address", "factor"): (N_("%(email)s signs in with a second step. Ask them in person."),),
    ("address", "none"): (N_("This is not one e-mail address."),),
    ("address", "reached"): (N_("No letter has come back from %(email)s since they last signed in."),),
    ("address", "same"): (N_("This is the address from which letters come back."),),
    ("address", "staff"): (N_("The address of somebody on the staff is not corrected here."),),
    ("address", "taken"): (N_("%(email)s is the address of somebody else here."),),
    ("amount", "cents"): (N_("This is not an amount. Write for example 45000 or 45000.50."),),
    ("amount", "more"): (N_("%(amount)s is more than the %(amount_left)s that are left."),),
    ("amount", "nothing"): (N_("A payment is more than nothing."),),
    ("answer", "empty file"): (N_("%(file)s is empty."),),
    ("answer", "kind of file"): (N_("%(file)s is not accepted here. Accepted: %(accepted)s."),),
    ("answer", "no amount"): (N_("“%(question)s” is not an amount. Write for example 45000 or 45000.50."),),
    ("answer", "no dossier"): (N_("“%(question)s” names no dossier."),),
    ("answer", "not theirs"): (N_("Nobody who speaks for this dossier has handed in the one that is named."),),
    ("answer", "too many people"): (N_("“%(question)s” names %(people)s people, and at most %(most)s are kept away."),),
    ("answer", "no choice"): (N_("Choose one of the answers that are offered for “%(question)s”."),),
    ("answer", "no day"): (N_("“%(question)s” is not a day. Write for example 1/3/2019."),),
    ("answer", "no number"): (N_("“%(question)s” is not a number. Write for example 12 or 12.5."),),
    ("answer", "no rows"): (N_("“%(question)s” asks for rows: what, on which day, for how much."),),
    ("answer", "no file"): (N_("“%(question)s” asks for a file."),),
    ("answer", "no text"): (N_("“%(question)s” is not text."),),
    ("answer", "too many words"): (N_("“%(question)s” has %(words)s words, and at most %(most)s are read."),),
    ("answer", "too high"): (N_("“%(question)s” is %(number)s, and at most %(most)s will do."),),
    ("answer", "too little"): (N_("“%(question)s” is %(amount)s, and at least %(least_amount)s must be asked."),),
    ("answer", "too low"): (N_("“%(question)s” is %(number)s, and at least %(least)s is needed."),),
    ("answer", "too many rows"): (N_("“%(question)s” has %(rows)s rows, and at most %(most)s are kept."),),
    ("answer", "too much"): (N_("“%(question)s” is %(amount)s, and at most %(most_amount)s may be asked."),),
    ("answered", ""): (N_("This has been answered already."),),
    ("other_answer", ""): (N_("“%(question)s” is not answered %(choices)s."),),
    ("approved", ""): (N_("You have approved exactly this already."),),
    ("approved", "none to take back"): (N_("You have not approved this."),),
    ("asked", ""): (N_("More time has been asked for already, and is not answered yet."),),
    ("assign", "conflict"): (N_("%(member)s has a conflict with %(number)s."),),
    ("assign", "contact"): (N_("%(member)s speaks for %(number)s."),),
    ("assign", "member"): (N_("%(member)s does not sit in this committee."),),
    ("assign", "state"): (N_("The committee does not decide on %(number)s now."),),
    ("at_most", ""): (N_("No place is left for “%(state)s”: %(held)s of %(cap)s taken."),),
    ("at_most", "chosen"): (
        N_("Not all of those chosen fit: places left for “%(state)s”: %(left)s of %(cap)s."),
    ),
    ("at_most", "chosen in a strand"): (
        N_("Not all of those chosen fit: places left of “%(strand)s” for “%(state)s”: %(left)s of %(cap)s."),
    ),
    ("at_most", "strand"): (
        N_("No place of “%(strand)s” is left for “%(state)s”: %(held)s of %(cap)s taken."),
    ),
    ("attended", ""): (N_("Nobody came to “%(meeting)s” for this dossier."),),
    ("attended", "noted"): (N_("It is noted already that somebody came to “%(meeting)s”."),),
    ("break", "minutes"): (N_("A break lasts from 1 to %(most)s minutes."),),
    ("break", "title"): (N_("What a break is called has %(most)s characters at most."),),
    ("break", "twice"): (N_("After slot %(position)s there is one break at most."),),
    ("break", "where"): (N_("A break stands between two slots: after slot 1 to %(last_slot)s."),),
    ("calendar", ""): (N_("The calendar does this by itself, and nobody else."),),
    ("changed", "batch"): (N_("This has changed since you opened the page. Look at it again."),),
    ("changed", "invitations"): (
        N_("People would hear something else than you were shown. Look at the invitations once more."),
    ),
    ("changed", "order"): (
        N_("Somebody has changed the running order since you looked at it. Look at it once more."),
    ),
    ("changed", "removed"): (N_("%(by)s has removed this note meanwhile. Nothing of yours was kept."),),
    ("changed", "replaced"): (N_("%(by)s has changed this note meanwhile. Nothing was overwritten."),),
    ("conflict", ""): (N_("You have declared a conflict with this dossier."),),
    ("conflict", "chair"): (
        N_("You have a conflict with this dossier. The staff can minute what the others decide."),
    ),
    ("conflict", "contact"): (N_("You speak for this dossier, and do not judge it."),),
    ("conflict", "payment"): (N_("You speak for this dossier, and pay it nothing."),),
    ("conflict", "slot"): (N_("You have declared a conflict with a dossier that would change places."),),
    ("conflict", "tied"): (N_("You have a conflict with dossier %(number)s."),),
    ("conflict", "declared"): (N_("%(member)s has declared this conflict already."),),
    ("conflict", "since"): (N_("The chair who recorded the verdict has since declared a conflict."),),
    ("clear_of", ""): (
        N_("%(other)s, of the same organisation, became “%(state)s” on %(on)s. That counts until %(until)s."),
        N_("%(other)s, of the same organisation, became “%(state)s” on %(on)s."),
        N_("An earlier dossier of the same organisation became “%(state)s” on %(on)s. That counts until %(until)s."),
        N_("An earlier dossier of the same organisation became “%(state)s” on %(on)s."),
    ),
    ("contact", ""): (N_("%(email)s does not speak for this dossier."),),
    ("contact", "last"): (N_("Somebody must speak for this dossier, and %(email)s is the last who does."),),
    ("criterion", ""): (N_("One of these criteria is not asked here. Open the page again."),),
    ("changed", ""): (
        N_("%(number)s has changed since you looked at it."),
        N_("Somebody has changed this meanwhile. Nothing was overwritten."),
    ),
    ("chosen", "none"): (N_("Choose at least one dossier."),),
    ("chosen", "too many"): (N_("At most %(most)s dossiers are moved at once, and %(count)s are chosen."),),
    ("day", ""): (N_("Say until which day more time is given."),),
    ("day", "already"): (N_("The deadline is on %(day)s already."),),
    ("day", "needed"): (N_("The last day, %(day)s, is past: say until which day a new version may come."),),
    ("day", "to come"): (N_("%(day)s is still to come."),),
    ("day", "past"): (N_("%(day)s is past."),),
    ("delivered", ""): (N_("“%(deliverable)s” has not been handed in."),),
    ("early", ""): (N_("This is possible from %(opens)s."),),
    ("early", "no day"): (N_("This is possible once the day of “%(question)s” is known."),),
    ("early", "sitting"): (N_("This meeting is on %(day)s. Who came is noted from then on."),),
    ("early", "meeting"): (N_("“%(meeting)s” begins on %(day)s."),),
    ("empty", ""): (N_("Nothing is held there now."),),
    ("file", ""): (N_("Only letters and words change in a round that runs, and none of them is that long."),),
    ("factor", ""): (N_("%(email)s has no second step of signing in."),),
    ("fired", ""): (N_("This moment has passed. What it did is not undone by more time."),),
    ("follows", ""): (N_("No earlier dossier of the same organisation became “%(state)s” so recently."),),
    ("follows", "named"): (N_("The earlier dossier that is named did not become “%(state)s” so recently."),),
    ("form", ""): (N_("“%(question)s” is not answered."),),
    ("fulfilled", ""): (N_("“%(obligation)s” has not been fulfilled. Its last day is %(last_day)s."),),
    ("gone", ""): (N_("This has taken effect already. Only a correcting act with a reason helps now."),),
    ("held", ""): (N_("This cannot be taken back, and everything such is held until the staff have looked."),),
    ("hours", "apart"): (N_("This hour is one of another committee. Choose another one."),),
    ("hours", "begun"): (N_("This hour has begun."),),
    ("hours", "booked"): (N_("This hour is booked."),),
    ("hours", "hours"): (N_("Say from when until when."),),
    ("hours", "many"): (N_("At most %(most)s hours are given at once."),),
    ("hours", "none"): (N_("Give at least one hour."),),
    ("hours", "not booked"): (N_("This hour is not booked for this dossier."),),
    ("hours", "other"): (N_("This hour is for another meeting."),),
    ("hours", "overlap"): (N_("Two of these hours overlap."),),
    ("hours", "soon"): (N_("It begins within a day. Write or call us."),),
    ("hours", "taken"): (N_("Somebody else has just booked this hour. Choose another one."),),
    ("hours", "where"): (N_("Say where, or on line at which address."),),
    ("hours", "which"): (N_("Say for which of what is owed."),),
    ("invitation", "nobody"): (N_("Choose at least one person."),),
    ("invitation", "not asked"): (N_("You were not asked to come."),),
    ("invitation", "over"): (N_("This meeting is over."),),
    ("invitation", "withdrawn"): (N_("This invitation was withdrawn."),),
    ("last", ""): (N_("Somebody must run this round, and this is the last person who does."),),
    ("late", ""): (N_("This was possible until %(closed)s."),),
    ("late", "day"): (N_("The last day was %(day)s."),),
    ("left", ""): (N_("The letter “%(letter)s” to %(address)s left on %(at)s. Only a correcting act helps now."),),
    ("left", "calendar"): (N_("The calendar went on from it at once. Only a correcting act helps now."),),
    ("left", "dates"): (N_("A date of the round has been moved since. Only a correcting act helps now."),),
    ("left", "over"): (N_("It could be undone until %(at)s. Only a correcting act helps now."),),
    ("left", "money"): (N_("Money that was given back is given to others. Only a correcting act helps now."),),
    ("left", "place"): (
        N_("A place in “%(state)s” that was given back is taken. Only a correcting act helps now."),
    ),
    ("left", "sent"): (N_("Somebody let the letters leave, on %(at)s. Only a correcting act helps now."),),
    ("lift", "already"): (N_("This is not held against the dossier already."),),
    ("lift", "none"): (N_("This is held against the dossier already."),),
    ("lift", "unknown"): (N_("The rules ask no such thing."),),
    ("mail", "done"): (N_("Somebody has seen to this mail already."),),
    ("mark", "none"): (N_("No mark was given."),),
    ("mark", "words"): (N_("“%(criterion)s” has no such mark. Choose one of these."),),
    ("mark", ""): (N_("“%(criterion)s” is marked from %(worst)s to %(best)s, and %(mark)s was given."),),
    ("meeting", "begun"): (N_("This meeting has begun."),),
    ("meeting", "cancelled"): (N_("This meeting was cancelled."),),
    ("meeting", "hours"): (N_("A meeting ends after it begins, on the same day."),),
    ("meeting", "lost hour"): (N_("The clocks skip this hour on that day. Choose another one."),),
    ("meeting", "no hour"): (N_("No day and hour are known for “%(meeting)s”. Say first when it takes place."),),
    ("meeting", "own days"): (N_("“%(meeting)s” is agreed on with each dossier by itself: it has days of its own."),),
    ("meeting", "own window"): (N_("“%(meeting)s” takes place from %(first)s to %(last)s for this dossier."),),
    ("meeting", "past"): (N_("%(day)s is past."),),
    ("meeting", "window"): (N_("“%(meeting)s” takes place from %(first)s to %(last)s. Move that phase first."),),
    ("message", "complete"): (N_("Nothing is missing from %(number)s."),),
    ("message", "empty"): (N_("Write a subject and a text."),),
    ("message", "long subject"): (N_("A subject has %(most)s characters at most."),),
    ("message", "long text"): (N_("A message has %(most)s characters at most."),),
    ("message", "many"): (N_("At most %(most)s dossiers are asked at once for what they lack."),),
    ("message", "nobody"): (N_("Choose at least one dossier."),),
    ("message", "subject"): (N_("The message lacks its subject."),),
    ("message", "text"): (N_("The message lacks its text."),),
    ("member_of", ""): (N_("Only members of “%(committee)s” do this."),),
    ("names", "already"): (N_("These two names are one organisation already."),),
    ("names", "alone"): (N_("This name is not joined to another one."),),
    ("names", "blank"): (N_("A name has letters or digits."),),
    ("few_scores", ""): (N_("%(scored)s members have scored it completely, and %(quorum)s are needed."),),
    ("has_score", ""): (N_("There is a score: %(score)s."),),
    ("majority", ""): (
        N_("For “%(criterion)s” %(gave)s of %(marked)s members gave %(mark)s, and more than half must."),
    ),
    ("budget", ""): (N_("%(amount)s is asked, and %(amount_left)s is left."),),
    ("no_amount", ""): (N_("“%(question)s” is not answered: nobody can say how much money is asked."),),
    ("no_money", ""): (N_("The dossier ranks %(rank)s, and the money that is left does not reach so far."),),
    ("no_rank", ""): (N_("The dossier has no rank: it was not marked, or not placed."),),
    ("rank", ""): (N_("The dossier ranks %(rank)s, and only the first %(line)s go on."),),
    ("order", "elsewhere"): (N_("%(number)s does not stand there any more. Open the page again."),),
    ("order", "none"): (N_("The rules ask for no order by hand here."),),
    ("order", "tied"): (
        N_("You have a conflict with a dossier that would be placed. The staff minute the order of the others."),
    ),
    ("order", "twice"): (N_("A dossier is placed twice."),),
    ("no_score", ""): (N_("Nobody has scored it completely."),),
    ("no_place", ""): (N_("The dossier ranks %(rank)s, and no place is left."),),
    ("nobody", "answered"): (N_("Everybody has answered, or was reminded today."),),
    ("nobody", ""): (N_("Nothing is wanted of these members, or they were reminded today."),),
    ("note", ""): (N_("A note has words."),),
    ("note", "long"): (N_("A note has %(most)s characters at most."),),
    ("obligation", ""): (N_("Nothing such is open for this dossier."),),
    ("obligation", "in review"): (N_("“%(deliverable)s” was handed in, and we are reading it."),),
    ("obligation", "state"): (
        N_("“%(deliverable)s” is not handed in while the dossier is “%(state)s”."),
    ),
    ("obligation", "not asked"): (N_("“%(deliverable)s” is not asked of this dossier now."),),
    ("once_per", "organisation"): (
        N_("The same organisation has handed in %(other)s on %(on)s, and may hand in one."),
        N_("The same organisation has handed in another dossier on %(on)s, and may hand in one."),
    ),
    ("once_per", "person"): (
        N_("Somebody who speaks for this dossier has handed in %(other)s on %(on)s, and may hand in one."),
        N_("Somebody who speaks for this dossier has handed in another one on %(on)s, and may hand in one."),
    ),
    ("once", ""): (
        N_("This form was sent before, or belongs to another page. Look what was kept, then open it again."),
    ),
    ("offer", "lapsed"): (N_("This offer was not answered in time, and went to the next on the list."),),
    ("offer", "none"): (N_("No seat is offered here now."),),
    ("order", ""): (N_("It would close before it opens."),),
    ("organisation", ""): (N_("Say first on whose behalf the dossier is handed in."),),
    ("overdue", ""): (N_("“%(obligation)s” has not come in. Its last day was %(last_day)s."),),
    ("own", ""): (N_("Nobody takes their own second step away here. Set up a new one on your account’s page."),),
    ("own marks", ""): (N_("What the others say is shown once you have given every mark."),),
    ("paid", ""): (N_("%(amount)s of it was paid already: it cannot become less."),),
    ("payment", "none"): (N_("No row %(position)s of “%(promise)s” was promised to this dossier."),),
    ("payment", "state"): (N_("The dossier is “%(state)s”: “%(promise)s” is not owed there."),),
    ("payment", "unknown"): (N_("There is no such dossier, or no such promise."),),
    ("payment", "waits"): (N_("“%(promise)s” is not to be paid yet: what it waits for has not come."),),
    ("past", ""): (N_("That is in the past."),),
    ("playing", ""): (N_("Another rehearsal is being played. One at a time, so that no live round is slowed."),),
    ("question", ""): (N_("One of these questions is not asked here. Open the page again."),),
    ("quorum", ""): (N_("%(quorum)s members without a conflict must decide, and there are %(free)s."),),
    ("presence", "built"): (N_("%(number)s is “%(state)s” because of this: it is not taken back any more."),),
    ("presence", "came"): (N_("It is noted that %(person)s came. Correct that first."),),
    ("presence", "cancelled"): (N_("This meeting was cancelled."),),
    ("presence", "other"): (N_("This meeting is held with one dossier, and this is another."),),
    ("reference", ""): (N_("A reference has %(most)s characters at most."),),
    ("reader", ""): (N_("This dossier is scored by those members to whom it was given."),),
    ("reason", ""): (N_("Write down the reason."),),
    ("reason", "long"): (N_("At most %(most)s characters are kept."),),
    ("recommendation", ""): (N_("No recommendation has been written yet."),),
    ("reviewed", "not in review"): (N_("Nothing awaits review here any more."),),
    ("reviewed", "accepted"): (N_("%(by)s has accepted this already."),),
    ("reviewed", "changes asked"): (N_("%(by)s has asked for changes already."),),
    ("role", ""): (N_("This is not for you to do."),),
    ("role", "chair"): (N_("Only the chair of “%(committee)s” does this, or staff who minute it."),),
    ("role", "contact"): (N_("Only those who speak for the dossier do this."),),
    ("role", "member"): (N_("Only members of the committee that decides on this dossier do this."),),
    ("role", "no part"): (N_("This person has no part in the round."),),
    ("role", "none to take"): (N_("This person has no such part in the round."),),
    ("role", "scope"): (
        N_(
            "%(email)s sits in “%(committee)s” for %(has)s already, and would for %(wanted)s too. End the one part "
            "first."
        ),
    ),
    ("role", "staff"): (N_("Only the staff of the programme do this."),),
    ("same", ""): (N_("It is on that date already."),),
    ("score", ""): (N_("The score is %(score)s, and at least %(floor)s is needed."),),
    ("score_low", ""): (N_("The score is %(score)s, and at most %(floor)s is needed."),),
    ("seat", "held"): (N_("This person has a seat already."),),
    ("seat", "invited"): (N_("This person is invited to this meeting already."),),
    ("seat", "offered"): (N_("A seat is offered to this person already."),),
    ("seat", "waiting"): (N_("This person is on the waiting list already."),),
    ("seats", "begun"): (N_("This meeting has begun."),),
    ("seats", "cancelled"): (N_("This meeting does not take place."),),
    ("seats", "ended"): (N_("This place was given back already, or went to somebody else."),),
    ("seats", "full"): (N_("All %(seats)s seats are taken. Say that there is to be one more."),),
    ("seats", "none"): (N_("Nobody signs up for this meeting."),),
    ("seats", "not open"): (N_("“%(meeting)s” is not open to this person."),),
    ("seats", "number"): (N_("A meeting has from 1 to %(most)s seats."),),
    ("seats", "same"): (N_("There are as many seats already."),),
    ("seats", "taken"): (
        N_("%(taken)s seats are held or offered, and nobody loses theirs: there cannot be fewer."),
    ),
    ("sets", "missing"): (N_("A new value is asked for here: “%(what)s”."),),
    ("sets", "none"): (N_("No new value is given here."),),
    ("skew", ""): (N_("The clocks of our machines differ, so nothing can be kept just now. Please try later."),),
    ("slot", "day past"): (N_("This day is past."),),
    ("slot", "elsewhere"): (N_("The dossier does not come to this meeting."),),
    ("slot", "locked"): (N_("Slot %(position)s is locked. Unlock it first."),),
    ("slot", "lost hour"): (N_("The clocks skip this hour on that day. Choose another one."),),
    ("slot", "no slot"): (N_("%(number)s has no slot to answer to."),),
    ("set_aside", "already"): (N_("The marks of %(member)s are set aside already."),),
    ("set_aside", "count"): (N_("The marks of %(member)s count."),),
    ("set_aside", "no mark"): (N_("%(member)s has given no mark."),),
    ("set_aside", "nobody"): (N_("The rules let nobody set marks aside here."),),
    ("slot", "nobody"): (N_("Nobody has a slot yet."),),
    ("slot", "none"): (N_("There is no slot %(position)s: there are %(count)s."),),
    ("slot", "outside"): (N_("A slot outside the day: slot %(position)s would last from %(start)s to %(end)s."),),
    ("slot", "past"): (N_("Slot %(position)s has begun: who was heard is not moved any more."),),
    ("slot", "state"): (N_("“%(meeting)s” is not open to %(number)s."),),
    ("slot", "twice"): (N_("%(number)s would have two slots."),),
    ("stands", "fired"): (N_("What hangs on it has happened by its new date. Move it once more, with a reason."),),
    ("stands", "letter"): (N_("The letter to %(address)s has left. Move it once more, with a reason."),),
    ("stands", "moved"): (N_("It has been moved or done since."),),
    ("stands", "never"): (N_("This cannot be taken back. Move it once more, with a reason."),),
    ("stands", "over"): (N_("The time to take it back is over. Move it once more, with a reason."),),
    ("state", ""): (N_("The dossier is “%(state)s” now: this is not possible from there."),),
    ("state", "at its end"): (N_("The dossier is “%(state)s”: nothing is asked of it any more."),),
    ("state", "handed in"): (N_("The dossier is “%(state)s”: what was handed in is not changed any more."),),
    ("state", "meeting"): (N_("“%(meeting)s” is not open to this dossier."),),
    ("state", "not under decision"): (N_("No committee decides on this dossier now."),),
    ("state", "nothing hangs on it"): (N_("Nothing of this dossier hangs on that moment any more."),),
    ("clocks", "passed"): (
        N_("“%(phase)s” has opened or closed by one of these clocks only. What has passed stays passed."),
    ),
    ("clocks", "round"): (N_("Nothing here goes by the clocks of an applicant."),),
    ("clocks", "same"): (N_("The dossier goes by these clocks already."),),
    ("clocks", "unknown"): (N_("There is no time zone “%(zone)s”."),),
    ("strand", ""): (N_("The dossier stands in “%(strand)s”, and this is for “%(wanted)s”."),),
    ("strand", "both"): (N_("Say for which dossiers, or for which strand."),),
    ("strand", "cut"): (N_("“%(phase)s” is cut into batches, and is moved for all strands."),),
    ("strand", "full"): (N_("Places of “%(strand)s” in “%(state)s”: %(cap)s, and all are taken."),),
    ("strand", "no strands"): (N_("This programme has no strands."),),
    ("strand", "no edge"): (N_("This is moved for all, or for single dossiers, and not for a strand."),),
    ("strand", "none"): (N_("Say in which strand the dossier stands: %(strands)s."),),
    ("strand", "places"): (N_("“%(phase)s” is moved for all strands: its places are given to all who wait."),),
    ("strand", "release"): (N_("“%(phase)s” is moved for all strands: what is approved goes together."),),
    ("strand", "same"): (N_("The dossier stands in this strand already."),),
    ("strand", "share"): (
        N_("With one dossier less there would be fewer places of “%(strand)s” in “%(state)s” than are held."),
    ),
    ("strand", "unknown"): (N_("There is no strand “%(strand)s”."),),
    ("strand", "which"): (N_("Each strand has dates of its own in “%(phase)s”. Say for which it is moved."),),
    ("times", "answered"): (N_("%(by)s has answered this already."),),
    ("times", "hours"): (N_("Say from when until when."),),
    ("times", "many"): (N_("At most %(most)s times are proposed at once."),),
    ("times", "no meeting"): (N_("This is no meeting."),),
    ("times", "none"): (N_("Propose at least one time."),),
    ("times", "not asked"): (N_("This is not asked any more."),),
    ("times", "own"): (N_("Your own side has proposed this: the other side answers it."),),
    ("times", "round"): (N_("The round says when this meeting takes place."),),
    ("times", "same"): (N_("Two of these times are the same."),),
    ("times", "where"): (N_("Say where, or on line at which address."),),
    ("tied", ""): (N_("The dossier ranks %(rank)s and ties for the last place."),),
    ("unanswered", ""): (N_("Say first whether you know the applicant."),),
    ("undecided", ""): (N_("Observers see the marks once the decision of the committee is known."),),
    ("undone", ""): (N_("This has been undone, and its letters were cancelled."),),
    ("unpaid", ""): (N_("%(amount)s of “%(promise)s” has not been paid. Its last day was %(last_day)s."),),
    ("unscored", ""): (N_("There is no score, and at least %(floor)s is needed."),),
    ("unscored_low", ""): (N_("There is no score, and at most %(floor)s is needed."),),
    ("unplayed", ""): (N_("Only what was rehearsed to its end can be approved."),),
    ("upgraded", ""): (N_("The server is being renewed. Please try again in a minute."),),
    ("verdict", ""): (N_("There is a verdict on this dossier already."),),
    ("verdict", "a move"): (N_("This is no verdict of a committee."),),
    ("text", ""): (N_("This text cannot be read."),),
    ("verdict", "decided"): (
        N_(
            "A verdict of “%(committee)s” stands on %(number)s (“%(state)s”), and it would lie before another "
            "committee of that name. Take the verdict back first."
        ),
    ),
    ("verdict", "none"): (N_("No verdict stands on this dossier."),),
    ("wish", "hour"): (N_("Say which hour it should not be before or after."),),
    ("words", ""): (N_("Write the recommendation in words."),),
    ("words", "long"): (N_("At most %(most)s characters are kept."),),
    ("words", "other slot"): (N_("Say what would suit you."),),
    # a change of the rules of a round that runs
    ("answers", "rules"): (
        N_("%(count)s dossiers have answered “%(name)s”, which would be another kind of question."),
    ),
    ("changed", "rules"): (N_("The round was given other rules since you looked. Look at the plan again."),),
    ("committee", "seats"): (
        N_("%(count)s people have the part “%(name)s” for “%(scope)s”, and the new rules have none for that."),
    ),
    ("committee", "rules"): (N_("%(count)s people have the part “%(name)s”, which the new rules do not have."),),
    ("fired", "rules"): (N_("%(edge)s has passed. What it did is not undone by another date."),),
    ("language", "rules"): (N_("%(count)s letters were written in “%(name)s”, which the new rules leave out."),),
    ("map", "from"): (N_("No state of the round is called “%(name)s”."),),
    ("map", "to"): (N_("The new rules have no state “%(name)s”."),),
    ("marks", "rules"): (N_("Marks that were given for “%(name)s” lie outside its new scale."),),
    ("meeting", "rules"): (
        N_("“%(name)s” is held on %(day)s, and the new rules have no such meeting. Cancel it first."),
    ),
    ("obligation", "begun"): (N_("“%(name)s” was begun or fulfilled by %(count)s: accept or excuse that first."),),
    ("past", "rules"): (N_("%(edge)s would lie in the past. Nobody is made late afterwards."),),
    ("request", "rules"): (N_("Somebody waits for more time (%(edge)s), and that goes. Answer it first."),),
    ("round", ""): (N_("These files are not of this round."),),
    ("round", "number"): (N_("The number of a round that runs stays “%(was)s”."),),
    ("round", "zone"): (N_("The time zone of a round that runs stays “%(was)s”."),),
    ("round", "currency"): (N_("The currency of a round that runs stays “%(was)s”."),),
    ("slots", "rules"): (N_("%(count)s slots of “%(name)s” are given, and the new rules give none there."),),
    ("stranded", "no state"): (
        N_("The new rules have no state “%(name)s”, in which dossiers stand (%(count)s). Say where they go."),
    ),
    ("stranded", "no way out"): (
        N_("No way leads out of “%(name)s” by the new rules and dates (%(count)s dossiers)."),
    ),
    ("payment", "rules"): (
        N_("%(count)s dossiers were paid by “%(name)s”, which the new rules lack. Take those payments back first."),
    ),
    ("strand", "rules"): (N_("%(count)s dossiers stand in the strand “%(name)s”, and the new rules have no such."),),
    ("verdict", "rules"): (
        N_("The verdict “%(name)s” stands (%(count)s dossiers), and the new rules lack it. Withdraw it first."),
    ),
}  # fmt: skip
"""(code, because) -> how it is said"""

Fact = str | int | float


def _day(ask: Ask, value: Fact, _: Mapping[str, Fact]) -> str:
    return dates.day(date.fromisoformat(str(value)), ask.language)


def _zone(ask: Ask, facts: Mapping[str, Fact]) -> str:
    return str(facts["zone"]) if "zone" in facts else ask.place.zone


def _opens(ask: Ask, value: Fact, facts: Mapping[str, Fact]) -> str:
    return dates.moment(int(value), _zone(ask, facts), ask.language)


def _closed(ask: Ask, value: Fact, facts: Mapping[str, Fact]) -> str:
    return dates.last_moment(int(value), _zone(ask, facts), ask.language)


def _said(ask: Ask, value: Fact, _: Mapping[str, Fact]) -> str:
    return ask.said(str(value))


def _amount(ask: Ask, value: Fact, _: Mapping[str, Fact]) -> str:
    return dates.amount(float(value), ask.place.workflow.currency, ask.language)


def _obligation(ask: Ask, value: Fact, _: Mapping[str, Fact]) -> str:
    """What is owed, by the title of what is handed in or come to: `Interim report 2`."""
    name, _blank, position = str(value).rpartition(" ")
    workflow = ask.place.workflow
    owed = workflow.obligations.get(name)
    if owed and owed.deliver:
        return f"{ask.said(workflow.deliverables[owed.deliver].title)} {position}"
    if owed and owed.attend:
        return f"{ask.said(workflow.meeting(owed.attend).title)} {position}"
    return str(value)


def _edge(ask: Ask, value: Fact, _: Mapping[str, Fact]) -> str:
    """`call closes` with the phase's title; what is no edge, as it is."""
    phase, _blank, edge = str(value).rpartition(" ")
    title = ask.place.workflow.phases.get(phase)
    if title is None or edge not in ("opens", "closes"):
        return str(value)
    said = ask.say("“%(phase)s” opens") if edge == "opens" else ask.say("“%(phase)s” closes")
    return said % {"phase": ask.said(title)}


def _mark(ask: Ask, value: Fact, _: Mapping[str, Fact]) -> str:
    """A score or a mark: a number with two decimals at most, or its word."""
    if isinstance(value, str) and not NUMBER.fullmatch(value):
        return ask.said(value)
    return dates.number(round(float(value), 2), ask.language)


SAYING: Mapping[str, Callable[[Ask, Fact, Mapping[str, Fact]], str]] = {
    "amount": _amount,
    "amount_left": _amount,
    "at": _opens,
    "closed": _closed,
    "committee": _said,
    "criterion": _said,
    "day": _day,
    "first": _day,
    "floor": _mark,
    "last": _day,
    "mark": _mark,
    "least_amount": _amount,
    "deliverable": _said,
    "edge": _edge,
    "last_day": _day,
    "meeting": _said,
    "most_amount": _amount,
    "obligation": _obligation,
    "on": _day,
    "opens": _opens,
    "promise": _said,
    "question": _said,
    "score": _mark,
    "state": _said,
    "until": _day,
}
"""how a fact is said, where it is not simply a text or a number"""


def sentence_for(code: str, facts: Mapping[str, Fact]) -> str | None:
    """The English sentence for a reason with such facts; None where there is none."""
    for because in (str(facts.get(BECAUSE, "")), ""):
        for found in SENTENCES.get((code, because), ()):
            if set(PLACES.findall(found)) <= facts.keys():
                return found
    return None


def said_by(ask: Ask, refusal: Refusal) -> str:
    """A reason in the reader's language; in the engine's own English where it has no words here."""
    facts = refusal.facts
    sentence = sentence_for(refusal.code, facts)
    if sentence is None or (not ask.is_placed and facts.keys() & SAYING.keys()):
        return refusal.sentence
    words = {name: _in_words(ask, name, facts) for name in PLACES.findall(sentence)}
    return ask.say(sentence) % words


def _in_words(ask: Ask, name: str, facts: Mapping[str, Fact]) -> str:
    value = facts[name]
    if name in SAYING:
        return SAYING[name](ask, value, facts)
    return value if isinstance(value, str) else dates.number(value, ask.language)
