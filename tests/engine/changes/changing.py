"""What could somebody change about a Cera round while it runs? Dates, caps, letters, states, reminders, debts."""

import random
import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

from running_cera import cera

from engine.files.reading import Programme, examine

Files = dict[str, str]
RULES, ROUND = "workflow.toml", "rounds/2019.toml"
LANGUAGES = ("nl", "fr", "en")


def changed(seed: int) -> tuple[Programme, str]:
    """A programme with one to three changes, which `check` finds nothing wrong with; and what they are called."""
    draw = random.Random(seed)
    while True:
        files, done = dict(cera().files), []
        for change in draw.sample(CHANGES, draw.choice((1, 1, 2, 3))):
            change(files, draw)
            done.append(change.__name__)
        programme, _ = _examined(tuple(sorted(files.items())))
        if programme is not None and programme.digest != cera().digest:
            return programme, " and ".join(done)


@cache
def _examined(files: tuple[tuple[str, str], ...]) -> tuple[Programme | None, object]:
    return examine("cera-impuls", dict(files), "")


def _sub(files: Files, pattern: str, put: str | Callable[[re.Match[str]], str], file: str = RULES) -> None:
    files[file] = re.sub(pattern, put, files[file], count=1, flags=re.MULTILINE)


def move_a_date(files: Files, draw: random.Random) -> None:
    """An edge of a phase, or a phase of one day, is some days earlier or later."""
    phase = draw.choice(list(cera().workflow.phases))
    key = draw.choice(("from", "to", "on"))
    days = draw.choice((-9, -3, -1, 1, 2, 7, 30, 90))
    pattern = rf"^({phase} +=.*\b{key} = )(\d{{4}}-\d\d-\d\d)"
    _sub(files, pattern, lambda one: one[1] + (date.fromisoformat(one[2]) + timedelta(days=days)).isoformat(), ROUND)


def move_a_meeting(files: Files, draw: random.Random) -> None:
    """A meeting is on another day."""
    on = draw.choice(re.findall(r"^on +=.*$", files[ROUND], flags=re.MULTILINE))
    day = date.fromisoformat(on.rpartition(" ")[2]) + timedelta(days=draw.choice((-1, 1, 2)))
    files[ROUND] = files[ROUND].replace(on, f"on = {day}", 1)


def give_grace(files: Files, draw: random.Random) -> None:
    """What comes a little late is still taken."""
    seconds = draw.choice((30, 600))
    _sub(files, r"^(call +=.*\d) \}", rf'\1, grace = "{seconds} seconds" }}', ROUND)


def hear_at_another_hour(files: Files, draw: random.Random) -> None:
    """Letters about a day leave at another hour of it."""
    _sub(files, r"^mails_at = \S+", f"mails_at = {draw.choice(('07:30:00', '10:15:00'))}", ROUND)


def another_cap(files: Files, draw: random.Random) -> None:
    """More or fewer may pass a gate."""
    was = draw.choice(("12", "6"))
    _sub(files, rf"at_most = {was} ", f"at_most = {draw.choice((1, 2, 3, 8, 20))} ")


def no_recommendation(files: Files, _draw: random.Random) -> None:
    """A gate asks for less."""
    _sub(files, r'only_if      = \{ recommendation = "written" \}\nif_not .*\n', "")


def rename_a_letter(files: Files, draw: random.Random) -> None:
    """A letter is told under another name."""
    letter = draw.choice(("awarded", "not-awarded", "in-preselection", "draft-lapsed", "rollout-started"))
    files[RULES] = files[RULES].replace(f'"{letter}"', f'"{letter}-now"')
    for language in LANGUAGES:
        if (text := files.pop(f"letters/{language}/{letter}.md", None)) is not None:
            files[f"letters/{language}/{letter}-now.md"] = text


def reword_a_letter(files: Files, draw: random.Random) -> None:
    """A letter says something more."""
    file = draw.choice(sorted(one for one in files if one.startswith("letters/")))
    files[file] = files[file].rstrip("\n") + "\n\nP.S.\n"


def tell_nobody(files: Files, draw: random.Random) -> None:
    """A transition tells nobody any more, or only some."""
    letter = draw.choice(("in-preselection", "draft-lapsed", "rollout-started", "evaluation-opened"))
    _sub(files, rf'applicant = "{letter}",? ?', "")
    files[RULES] = re.sub(r"^tell += \{ *\}\n", "", files[RULES], flags=re.MULTILINE)
    _forget_letter(files, letter)


def _forget_letter(files: Files, letter: str) -> None:
    for language in LANGUAGES:
        files.pop(f"letters/{language}/{letter}.md", None)


def rename_a_state(files: Files, draw: random.Random) -> None:
    """A state goes, and another comes in its place, under nearly the same name."""
    state = draw.choice(("in_preselection", "shortlisted", "awarded", "in_rollout", "submitted", "draft"))
    files[RULES] = re.sub(rf'"{state}"', f'"{state}_x"', files[RULES])
    # letters and committees may be called as a state is
    for role in ("applicant", "staff", "jury"):
        files[RULES] = files[RULES].replace(f'{role} = "{state}_x"', f'{role} = "{state}"')
    _sub(files, rf"^{state}( +=)", rf"{state}_x\1")


def put_a_state_between(files: Files, draw: random.Random) -> None:
    """Staff may set a dossier aside, and take it up again."""
    state = draw.choice(("submitted", "in_preselection", "in_rollout", "awarded"))
    _sub(files, r"^(lapsed +=)", r'aside = { title = "Opzij gezet" }\n\1')
    files[RULES] += f'\n[transition.set_aside]\nfrom = "{state}"\nto = "aside"\nby = "staff"\n'
    files[RULES] += f'\n[transition.take_back]\nfrom = "aside"\nto = "{state}"\nby = "staff"\n'
    _words(files, "Opzij gezet")


def _words(files: Files, text: str) -> None:
    for language in ("fr", "en"):
        files[f"words.{language}.toml"] = files[f"words.{language}.toml"].rstrip("\n") + f'\n"{text}" = "{text}"\n'


def stop_nobody(files: Files, _draw: random.Random) -> None:
    """A state without a dossier goes, with the way to it."""
    _sub(files, r"\n\[transition\.stop\]\n(.+\n)+", "\n")
    _sub(files, r"^stopped .*\n", "")
    files[RULES] = files[RULES].replace(', "stopped"]', "]")
    _forget_letter(files, "stopped")


def drop_a_reminder(files: Files, draw: random.Random) -> None:
    """Nobody is reminded any more."""
    name, letter = draw.choice((("unfinished_draft", "unfinished-draft"), ("undecided_award", "undecided-awards")))
    _sub(files, rf"\n\[reminder\.{name}\]\n(.+\n)+", "\n")
    _forget_letter(files, letter)


def add_a_reminder(files: Files, draw: random.Random) -> None:
    """Somebody is reminded of what nobody was."""
    state, moment, letter = draw.choice((
        ("draft", "20 days before call closes", "unfinished-draft"),
        ("in_preselection", "5 days before preselection closes", "undecided-dossiers"),
        ("in_rollout", "60 days before rollout closes", "report-overdue"),
        ("shortlisted", "6 days before approval opens", "undecided-awards"),
    ))  # fmt: skip
    who = "applicant" if state == "draft" else "staff"
    files[RULES] += f'\n[reminder.more]\nabout = "{state}"\nwhen = "{moment}"\ntell = {{ {who} = "{letter}" }}\n'


def remind_on_another_day(files: Files, draw: random.Random) -> None:
    """Reminders come earlier, later, more often."""
    one, other = draw.choice((
        ('"14 days before call closes", "3 days before', '"10 days before call closes", "1 day before'),
        ('"14 days", "2 days"', '"21 days", "7 days", "2 days"'),
        ('"30 days", "7 days", "3 days after"', '"45 days", "3 days after", "20 days after"'),
        ('"7 days before preselection closes", "1 day', '"5 days before preselection closes", "2 days'),
    ))  # fmt: skip
    files[RULES] = files[RULES].replace(one, other)


def owe_more_or_less_often(files: Files, draw: random.Random) -> None:
    """What is owed each year is owed more often, or less."""
    one, other = draw.choice((
        ("times   = 3\n", "times   = 4\n"), ("times   = 3\n", "times   = 1\n"),
        ('every   = "year"\n', 'every   = "month"\n'), ('every   = "year"\n', ""),
    ))  # fmt: skip
    files[RULES] = files[RULES].replace(one, other, 1)


def owe_nothing_of_it(files: Files, draw: random.Random) -> None:
    """Something is owed no more."""
    _sub(files, rf"\n\[obligation\.{draw.choice(('site_visit', 'coaching', 'closing_conference'))}\]\n(.+\n)+", "\n")


def owe_something_new(files: Files, draw: random.Random) -> None:
    """Something is owed that was not."""
    state, phase = draw.choice((("in_rollout", "rollout"), ("awarded", "kick_off"), ("shortlisted", "pitch")))
    files[RULES] += (
        f'\n[deliverable.letter]\ntitle = "Brief"\n\n[deliverable.letter.question]\n'
        'text = { ask = "Tekst", kind = "long_text", required = true }\n'
        f'\n[obligation.letter]\nowed_by = "{state}"\nduring = "{phase}"\ndeliver = "letter"\nremind = ["5 days"]\n'
    )
    _words(files, "Brief")
    _words(files, "Tekst")


def start_at_another_moment(files: Files, draw: random.Random) -> None:
    """The calendar moves dossiers on another day."""
    moment = draw.choice(("7 days after rollout opens", "30 days after kick_off closes", "kick_off closes"))
    files[RULES] = files[RULES].replace('when    = "rollout opens"', f'when    = "{moment}"')


def take_effect_later(files: Files, draw: random.Random) -> None:
    """Verdicts take effect on another day."""
    phase = draw.choice(("recommendations", "approval"))
    was = f'takes_effect = "{phase} opens"'
    files[RULES] = files[RULES].replace(was, was.replace('"', '"2 days after ', 1))


def release_otherwise(files: Files, draw: random.Random) -> None:
    """Letters go without being approved, or need one more."""
    was, now = draw.choice((("hold", "auto"), ("two people", "hold"), ("hold", "two people")))
    files[RULES] = files[RULES].replace(f'release      = "{was}"', f'release      = "{now}"')


CHANGES = (
    move_a_date, move_a_date, move_a_date, move_a_meeting, give_grace, hear_at_another_hour, another_cap,
    no_recommendation, rename_a_letter, reword_a_letter, tell_nobody, rename_a_state, rename_a_state,
    put_a_state_between, stop_nobody, drop_a_reminder, add_a_reminder, remind_on_another_day, owe_more_or_less_often,
    owe_nothing_of_it, owe_something_new, start_at_another_moment, take_effect_later, release_otherwise,
)  # fmt: skip
