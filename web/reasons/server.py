"""What is not done now, whichever round or rules it is about?"""

from web.reasons.sentence import N_, Sentences

SERVER: Sentences = {
    ("mail", "done"): (N_("Somebody has seen to this mail already."),),
    ("playing", ""): (N_("Another rehearsal is being played. One at a time, so that no live round is slowed."),),
    ("skew", ""): (N_("The clocks of our machines differ, so nothing can be kept just now. Please try later."),),
    ("unplayed", ""): (N_("Only what was rehearsed to its end can be approved."),),
    ("upgraded", ""): (N_("The server is being renewed. Please try again in a minute."),),
}  # fmt: skip
