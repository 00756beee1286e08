"""What do the rules ask for before a dossier moves that it does not fulfil?"""

from web.reasons.sentence import N_, Sentences

GUARDS: Sentences = {
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
    ("clear_of", ""): (
        N_("%(other)s, of the same organisation, became “%(state)s” on %(on)s. That counts until %(until)s."),
        N_("%(other)s, of the same organisation, became “%(state)s” on %(on)s."),
        N_("An earlier dossier of the same organisation became “%(state)s” on %(on)s. That counts until %(until)s."),
        N_("An earlier dossier of the same organisation became “%(state)s” on %(on)s."),
    ),
    ("delivered", ""): (N_("“%(deliverable)s” has not been handed in."),),
    ("follows", ""): (N_("No earlier dossier of the same organisation became “%(state)s” so recently."),),
    ("follows", "named"): (N_("The earlier dossier that is named did not become “%(state)s” so recently."),),
    ("fulfilled", ""): (N_("“%(obligation)s” has not been fulfilled. Its last day is %(last_day)s."),),
    ("member_of", ""): (N_("Only members of “%(committee)s” do this."),),
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
    ("no_score", ""): (N_("Nobody has scored it completely."),),
    ("no_place", ""): (N_("The dossier ranks %(rank)s, and no place is left."),),
    ("once_per", "organisation"): (
        N_("The same organisation has handed in %(other)s on %(on)s, and may hand in one."),
        N_("The same organisation has handed in another dossier on %(on)s, and may hand in one."),
    ),
    ("once_per", "person"): (
        N_("Somebody who speaks for this dossier has handed in %(other)s on %(on)s, and may hand in one."),
        N_("Somebody who speaks for this dossier has handed in another one on %(on)s, and may hand in one."),
    ),
    ("overdue", ""): (N_("“%(obligation)s” has not come in. Its last day was %(last_day)s."),),
    ("quorum", ""): (N_("%(quorum)s members without a conflict must decide, and there are %(free)s."),),
    ("recommendation", ""): (N_("No recommendation has been written yet."),),
    ("score", ""): (N_("The score is %(score)s, and at least %(floor)s is needed."),),
    ("score_low", ""): (N_("The score is %(score)s, and at most %(floor)s is needed."),),
    ("tied", ""): (N_("The dossier ranks %(rank)s and ties for the last place."),),
    ("unpaid", ""): (N_("%(amount)s of “%(promise)s” has not been paid. Its last day was %(last_day)s."),),
    ("unscored", ""): (N_("There is no score, and at least %(floor)s is needed."),),
    ("unscored_low", ""): (N_("There is no score, and at most %(floor)s is needed."),),
}  # fmt: skip
