"""Which tables and keys does a round file have?"""

from engine.files.vocabulary.shapes import Key, Table, later

ROUND = (
    Table("round", "one", "The round as a whole. Its name is the name of the file. `[round.NAME]` is one of several.", (
        Key("title", "text", "what the round is called", required=True),
        Key("number", "number prefix", "what each dossier's number begins with: `SG30-001`", required=True),
        Key("timezone", "zone", "the zone of every date and hour in this file", required=True),
        Key("mails_at", "hour", "the hour at which letters about a day leave", required=True),
        Key("holidays", "region", "on whose public holidays, and weekends, nobody works", required=True),
        Key("later", "span", "in `[round.NAME]`: how much later the dates are that it takes over", "not at all"),
        later("tied_to", "the dossier of another programme that this round belongs to"),
    ), required=True),
    Table("phase", "entries", "The dates of every phase of the workflow, and of no other. Both days count in full. "
          "`NAME.STRAND` gives the dates of one strand.", (
        Key("from", "edge", "the first day, or the first second", "–"),
        Key("to", "edge", "the last day, or the last second; with `from`", "until further notice"),
        Key("on", "date", "the only day, instead of `from` and `to`", "–"),
        Key("grace", "grace", "how long after the close acts are still taken; printed on every receipt", "none"),
        Key("roll", "roll", "a close on a day off, or `on`, moves to the next day on which people work", "it stays"),
        Key("zone", "phase zone", "by whose clocks it opens and closes, where not by the round's", "the round's"),
        Key("every", "span", "the phase is cut into batches of that length, each judged by itself", "not cut"),
    ), required=True),
    Table("meeting", "listed", "The days of a meeting, one table for each. `[[meeting.NAME.PART]]` gives those of the "
          "meeting of one strand or answer.", (
        Key("on", "date", "the day", required=True),
        Key("from", "hour", "when it begins", "not said yet"),
        Key("to", "hour", "when it ends; only with `from`", "not said"),
        Key("place", "text", "where it is", "not said yet"),
        Key("online", "online", "where it is online; only those who are admitted see it", "not online"),
        later("every", "how often it takes place"),
        later("times", "how many times it takes place"),
    )),
    Table("given", "numbers", "What the rules call by name: a number, a share such as `\"30 %\"`, a list of texts, or "
          "one number for each strand. Every name that the rules ask for, and no other."),
    Table("extension", "rows", "Dates that were moved, as a change log. What is written above stays as it was.", (
        Key("of", "phase edge", "which edge was moved", required=True),
        Key("to", "edge", "the day on which it is now, or the hour", required=True),
        Key("decided", "date", "when that was decided", required=True),
        Key("reason", "text", "why; people read it", required=True),
        Key("strand", "strand", "for the dossiers of this strand alone", "all that have no dates of their own"),
    )),
    Table("announcement", "rows", "Notices of this round alone.", (
        Key("on", "edge", "the day on which it is sent, or the hour", required=True),
        Key("tell", "letters", "who hears it", required=True),
        Key("about", "states", "the states concerned: `everyone` are then those who speak for a dossier in one of "
            "them, each once", "`everyone` are those who asked to be told"),
    )),
)  # fmt: skip
