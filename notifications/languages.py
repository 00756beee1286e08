"""Which words does grantcycle itself put into a letter, in each language?"""

from collections.abc import Mapping
from dataclasses import dataclass

from babel import Locale

from engine.errors import Unknown
from engine.rules.round import BY_APPLICANT
from engine.rules.workflow import APPLICANT, EVERYONE, STAFF

COMMITTEE = "committee"
ADDRESS = "address"
"""in place of a role: somebody gave this address, or signs in with it"""
INVITED = "invited"
"""in place of a role: somebody is asked to come"""
SIGNED_UP = "signed up"
CONCERNED = "concerned"
"""in place of a role: somebody wants to come"""


@dataclass(frozen=True, slots=True)
class Words:
    """One language: its locale, its ways of writing an hour, and the words of a letter's frame."""

    locale: str
    whole_hour: str
    """an hour of the clock, on the hour"""
    hour: str
    """the same with minutes"""
    second: str
    """the same with seconds"""
    unit: str
    """what follows an hour, or the last of two"""
    at: str
    """a day and an hour"""
    span: str
    """a day, and from when to when"""
    never: str
    """where a phase lasts until further notice, in the place of its last day"""
    zones: Mapping[str, str]
    zone: str
    """for every other zone, from its `{city}`"""
    dossier: str
    more: str
    """below a list that is cut short: how many dossiers it does not name"""
    stop: str
    """how whoever asked to be told ends it"""
    test: str
    """below a letter that somebody on staff has sent to themselves, to see what `{address}` would get"""
    test_mark: str
    """before its subject"""
    online: str
    """in the entry of a calendar: where on the web it takes place"""
    answer: str
    """the same: the page on which to answer"""
    questions: str
    """the same: whom to ask"""
    why: Mapping[str, str]
    """role -> why this person gets this letter"""


WORDS: Mapping[str, Words] = {
    "nl": Words(
        locale="nl_BE",
        whole_hour="{h}.{m:02}",
        hour="{h}.{m:02}",
        second="{h}.{m:02}.{s:02}",
        unit=" uur",
        at="{day}, {hour}",
        span="{day}, {start} tot {end}",
        never="nader order",
        zones={"Europe/Brussels": "Brusselse tijd", BY_APPLICANT: "plaatselijke tijd van elke indiener"},
        zone="tijd van {city}",
        dossier="dossier {number}",
        more="De lijst is ingekort: het gaat nog om {more} andere dossiers.",
        stop="Niet langer verwittigd worden: {url}",
        test="Dit is een proef, alleen aan uzelf gestuurd. De echte brief gaat naar {address}.",
        test_mark="[Proef]",
        online="Online: {online}",
        answer="Antwoorden: {url}",
        questions="Vragen: {name}, {email}",
        why={
            APPLICANT: "U krijgt deze mail omdat u contactpersoon bent voor dossier {number}.",
            STAFF: "U krijgt deze mail omdat u meewerkt aan {programme}.",
            COMMITTEE: "U krijgt deze mail als lid van: {committee}.",
            ADDRESS: "U krijgt deze mail omdat dit adres bij {programme} gebruikt wordt.",
            SIGNED_UP: "U krijgt deze mail omdat u zich inschreef voor een bijeenkomst van {programme}.",
            CONCERNED: "U krijgt deze mail omdat u contactpersoon bent voor een dossier bij {programme}.",
            INVITED: "U krijgt deze mail omdat u uitgenodigd bent voor {programme}.",
            EVERYONE: "U krijgt deze mail omdat u op de hoogte wilt blijven van {programme}.",
        },
    ),
    "fr": Words(
        locale="fr_BE",
        whole_hour="{h} h",
        hour="{h} h {m:02}",
        second="{h} h {m:02} min {s:02} s",
        unit="",
        at="{day} à {hour}",
        span="{day}, de {start} à {end}",
        never="nouvel ordre",
        zones={"Europe/Brussels": "heure de Bruxelles", BY_APPLICANT: "heure locale de chaque porteur de projet"},
        zone="heure locale\u00a0: {city}",
        dossier="dossier {number}",
        more="La liste est abrégée\u00a0: {more} autres dossiers sont concernés.",
        stop="Ne plus être averti\u00a0: {url}",
        test="Ceci est un essai, envoyé à vous seul·e. La vraie lettre part à {address}.",
        test_mark="[Essai]",
        online="En ligne\u00a0: {online}",
        answer="Répondre\u00a0: {url}",
        questions="Questions\u00a0: {name}, {email}",
        why={
            APPLICANT: "Vous recevez ce message en tant que personne de contact du dossier {number}.",
            STAFF: "Vous recevez ce message parce que vous travaillez pour le programme {programme}.",
            COMMITTEE: "Vous recevez ce message en tant que membre\u00a0: {committee}.",
            ADDRESS: "Vous recevez ce message parce que cette adresse est utilisée auprès de {programme}.",
            SIGNED_UP: "Vous recevez ce message parce que vous vous êtes inscrit·e à une rencontre de {programme}.",
            CONCERNED: "Vous recevez ce message en tant que personne de contact d’un dossier auprès de {programme}.",
            INVITED: "Vous recevez ce message parce que vous êtes invité·e dans le cadre du programme {programme}.",
            EVERYONE: "Vous recevez ce message parce que vous souhaitez être au courant du programme {programme}.",
        },
    ),
    "en": Words(
        locale="en_GB",
        whole_hour="{h}:{m:02}",
        hour="{h}:{m:02}",
        second="{h}:{m:02}:{s:02}",
        unit="",
        at="{day}, {hour}",
        span="{day}, {start} to {end}",
        never="further notice",
        zones={"Europe/Brussels": "Brussels time", BY_APPLICANT: "local time of each applicant"},
        zone="{city} time",
        dossier="dossier {number}",
        more="The list is cut short: {more} more dossiers are concerned.",
        stop="To be told no more: {url}",
        test="This is a test, sent to you alone. The real letter goes to {address}.",
        test_mark="[Test]",
        online="Online: {online}",
        answer="Answer: {url}",
        questions="Questions: {name}, {email}",
        why={
            APPLICANT: "You receive this message as a contact person for dossier {number}.",
            STAFF: "You receive this message because you work on {programme}.",
            COMMITTEE: "You receive this message as a member of: {committee}.",
            ADDRESS: "You receive this message because this address is used with {programme}.",
            SIGNED_UP: "You receive this message because you signed up for a meeting of {programme}.",
            CONCERNED: "You receive this message as a contact person for a dossier with {programme}.",
            INVITED: "You receive this message because you are invited on behalf of {programme}.",
            EVERYONE: "You receive this message because you asked to be told about {programme}.",
        },
    ),
}


def named(language: str, reader: str) -> str:
    """What a language is called in the reader's: `French`."""
    return str(Locale.parse(language).get_language_name(words_of(reader).locale))


def words_of(language: str) -> Words:
    """The words of that language. Raises Unknown for one that letters cannot be framed in."""
    if language not in WORDS:
        raise Unknown("language for letters", language, WORDS)
    return WORDS[language]
