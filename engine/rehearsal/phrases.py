"""Of which words are invented people and dossiers made?

Nobody here exists. Places are real, so that a dossier reads like one; surnames and organisations are made up.
"""

from collections.abc import Mapping
from dataclasses import dataclass

FIRST_NAMES = (
    "Amina", "Bert", "Celine", "Dries", "Elif", "Fatou", "Gilles", "Hanne", "Imane", "Joris", "Karima", "Lotte",
    "Mehdi", "Nele", "Odile", "Pieter", "Rachida", "Sander", "Thérèse", "Ugo", "Veerle", "Wout", "Yasmina", "Zoë",
    "Aurélie", "Benoît", "Cansu", "Diego", "Eline", "Félix", "Goele", "Hakim", "Ilse", "Jeanne", "Koen", "Leïla",
)  # fmt: skip
SURNAMES = (
    "Aertsweyn", "Baeldeghem", "Caubergsen", "Delmoulin", "El Warzani", "Fonteynck", "Gaverbos", "Hoogstijn",
    "Isenbrandt", "Jorissenne", "Kessemeir", "Lauwerzeel", "Moerlant", "Nachtegalen", "Oudergate", "Plancquaert-Roy",
    "Quintaville", "Roelzande", "Sarmadi", "Tilverdin", "Uyttersprong", "Van Wierdael", "Wauthelain", "Yıldızhan",
    "Zwaenepoort", "Benchekoura", "Dieudonnat", "Marchevelle", "Poelvoren", "Vercauwel",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Phrases:
    """What an organisation, a title, a long text, a recommendation and a reason are made of, in one language."""

    organisations: tuple[str, ...]
    nouns: tuple[str, ...]
    places: tuple[str, ...]
    groups: tuple[str, ...]
    forms: tuple[str, ...]
    titles: tuple[str, ...]
    partners: tuple[str, ...]
    sentences: tuple[str, ...]
    praise: tuple[str, ...]
    doubts: tuple[str, ...]
    conflict: str
    tie_in: str
    tie_out: str
    freed: str
    excuse: str
    changes: str
    """what staff ask to be changed in a report"""
    waived: str
    """why a visit need not be"""


NL = Phrases(
    organisations=("vzw {noun}", "Kunstwerkplaats {noun}", "{noun} {place}", "Collectief {noun}", "Huis {noun}"),
    nouns=(
        "De Zwevende Drempel",
        "Springtij",
        "Het Luisterraam",
        "Kantelpunt",
        "De Stille Fanfare",
        "Ruisdoorn",
        "Het Derde Bedrijf",
        "Wijkmuze",
        "De Warme Hand",
        "Overkant",
        "Klankgrond",
        "De Gele Deur",
        "Strijklicht",
        "Het Vlechtwerk",
        "Tussentijd",
        "De Blauwe Trap",
        "Mondvol",
        "Het Omslagpunt",
    ),
    places=(
        "Antwerpen",
        "Gent",
        "Brugge",
        "Leuven",
        "Hasselt",
        "Kortrijk",
        "Oostende",
        "Mechelen",
        "Genk",
        "Aalst",
        "Turnhout",
        "Roeselare",
        "Brussel",
        "Vilvoorde",
        "Sint-Niklaas",
        "Ronse",
    ),
    groups=(
        "jongeren uit de jeugdhulp",
        "nieuwkomers",
        "mensen met een psychische kwetsbaarheid",
        "thuisloze mensen",
        "bewoners van een woonzorgcentrum",
        "mensen met een beperking",
        "kinderen in armoede",
        "gedetineerden",
        "mantelzorgers",
        "mensen zonder papieren",
    ),
    forms=(
        "een stadsopera",
        "een wijktheater",
        "een dansparcours",
        "een radioreeks",
        "een reizend atelier",
        "een filmwerkplaats",
        "een koor zonder noten",
        "een beeldend archief",
    ),
    titles=(
        "Stemmen van {place}",
        "Wie woont hier? {form}",
        "De straat als podium",
        "{noun} speelt thuis",
        "Ongehoord in {place}",
        "Samen maken: {form}",
        "Tien deuren verder",
        "Wat wij bewaren",
    ),
    partners=("CAW {place}", "OCMW {place}", "De Schakel {place}", "Woonzorgnet {place}", "Jeugdhulp {place}"),
    sentences=(
        "Vijf jaar geleden begonnen we in {place} met {form}, samen met {groups}.",
        "De deelnemers bepalen zelf waarover het gaat, wie er uitgenodigd wordt en wat er getoond wordt.",
        "Een kunstenaar en een begeleider van onze sociale partner staan van bij de start samen op de vloer.",
        "We werken traag: het eerste half jaar komt er geen publiek bij.",
        "Wie afhaakt, wordt opgebeld en blijft welkom.",
        "Elke week is er een open atelier waar niemand zich moet inschrijven.",
        "Na elk seizoen bespreken we met {groups} wat we anders willen doen.",
        "De toonmomenten vinden plaats waar mensen al komen: de wasserette, het plein, de wachtzaal.",
        "Met de steun willen we de werkwijze beschrijven, zodat anderen er ook mee aan de slag kunnen.",
        "We betalen de vervoerskosten van alle deelnemers en zorgen voor kinderopvang.",
        "Het voorbije jaar namen 84 mensen deel, van wie de helft voor het eerst.",
        "In {place} zijn er weinig plekken waar {groups} en andere inwoners elkaar treffen.",
    ),
    praise=(
        "De commissie waardeert dat de deelnemers van bij het begin mee beslissen.",
        "De samenwerking met de sociale partner is geloofwaardig en al jaren beproefd.",
        "Het artistieke voorstel is eigenzinnig en vertrekt van wat mensen zelf meebrengen.",
        "Wat hier geleerd wordt, is ook voor anderen bruikbaar.",
    ),
    doubts=(
        "Werk uit hoe de deelnemers ook na het toonmoment betrokken blijven.",
        "Het plan voor het derde jaar blijft vaag; maak het concreter.",
        "Leg uit wie de ervaringen zal beschrijven en met wie ze gedeeld worden.",
        "De rol van de kunstenaar mag scherper.",
    ),
    conflict="Ik zetel in het bestuur van deze organisatie.",
    tie_in="Gelijke score op de laatste plaats: de commissie verkiest dit dossier om de spreiding over het land.",
    tie_out="Gelijke score op de laatste plaats: het andere dossier bereikt een streek die nog ontbreekt.",
    freed="Er kwam een plaats vrij door een intrekking; dit was het eerstvolgende dossier.",
    excuse="De projectleider lag die dag in het ziekenhuis; het gesprek is nadien overgedaan.",
    changes="De begroting ontbreekt; gelieve ze toe te voegen.",
    waived="Het huis was dat jaar gesloten voor verbouwingen; het bezoek gebeurde online.",
)

FR = Phrases(
    organisations=("asbl {noun}", "Atelier {noun}", "Collectif {noun}", "{noun} {place}", "Maison {noun}"),
    nouns=(
        "Le Seuil Ouvert",
        "Les Voix du Quai",
        "La Cour Commune",
        "Le Troisième Banc",
        "Passe-Muraille Douce",
        "La Fabrique à Mots",
        "L'Envers du Décor Bleu",
        "Les Mains Levées",
        "Le Grand Détour",
        "La Porte Jaune",
    ),
    places=("Bruxelles", "Molenbeek", "Schaerbeek", "Anderlecht", "Liège", "Namur", "Charleroi", "Mons", "Verviers"),
    groups=(
        "des jeunes de l'aide à la jeunesse",
        "des personnes sans logement",
        "des personnes exilées",
        "des personnes âgées isolées",
        "des femmes détenues",
        "des enfants du quartier",
    ),
    forms=(
        "un théâtre de quartier",
        "une chorale sans partition",
        "un atelier itinérant",
        "une radio de palier",
        "un parcours dansé",
        "un film à plusieurs mains",
    ),
    titles=(
        "Les voix de {place}",
        "Qui habite ici ? {form}",
        "La rue comme scène",
        "Faire ensemble : {form}",
        "Inouïs de {place}",
        "Ce que nous gardons",
    ),
    partners=("CPAS de {place}", "Relais social de {place}", "Maison médicale de {place}", "Le Maillon, {place}"),
    sentences=(
        "Il y a cinq ans, nous avons commencé à {place} avec {form}, avec {groups}.",
        "Les participants décident eux-mêmes du sujet, des invités et de ce qui est montré.",
        "Une artiste et un éducateur de notre partenaire social travaillent côte à côte dès le premier jour.",
        "Nous prenons le temps : pas de public pendant les six premiers mois.",
        "Celles et ceux qui s'arrêtent reçoivent un appel et restent les bienvenus.",
        "Chaque semaine, un atelier ouvert accueille sans inscription.",
        "Après chaque saison, nous revoyons avec {groups} ce que nous voulons changer.",
        "Les rencontres ont lieu là où les gens passent déjà : le lavoir, la place, la salle d'attente.",
        "Grâce au soutien, nous voulons décrire la méthode pour que d'autres s'en servent.",
        "Nous payons les trajets de chacun et prévoyons une garde d'enfants.",
    ),
    praise=(
        "Le jury apprécie que les participants décident dès le départ.",
        "La collaboration avec le partenaire social est crédible et éprouvée.",
        "La proposition artistique est singulière et part de ce que les gens apportent.",
    ),
    doubts=(
        "Précisez comment les participants restent associés après la présentation.",
        "Le plan de la troisième année reste vague ; rendez-le plus concret.",
        "Expliquez qui décrira l'expérience et avec qui elle sera partagée.",
    ),
    conflict="Je siège au conseil d'administration de cette organisation.",
    tie_in="Même score à la dernière place : le jury retient ce dossier pour la répartition dans le pays.",
    tie_out="Même score à la dernière place : l'autre dossier touche une région encore absente.",
    freed="Une place s'est libérée par un retrait ; ce dossier était le suivant.",
    excuse="La responsable du projet était hospitalisée ce jour-là ; l'entretien a été refait ensuite.",
    changes="Le budget manque ; veuillez l'ajouter.",
    waived="La maison était fermée pour travaux cette année-là ; la visite s'est faite en ligne.",
)

EN = Phrases(
    organisations=("{noun} vzw", "Studio {noun}", "{noun} {place}", "The {noun} Collective"),
    nouns=("Open Threshold", "Quayside Voices", "Third Bench", "Slow Parade", "Borrowed Stage", "Lantern Yard"),
    places=("Brussels", "Ixelles", "Ghent", "Antwerp", "Leuven", "Liège"),
    groups=("newcomers", "young people in care", "people without a home", "older neighbours", "prisoners"),
    forms=("a street opera", "a travelling workshop", "a choir without scores", "a radio series", "a dance walk"),
    titles=("Voices of {place}", "Who lives here? {form}", "The street as a stage", "Unheard in {place}"),
    partners=("Welfare house {place}", "The Link, {place}", "Care network {place}"),
    sentences=(
        "Five years ago we began in {place} with {form}, together with {groups}.",
        "Those who take part decide what it is about, who is invited and what is shown.",
        "An artist and a worker of our social partner are on the floor together from the first day.",
        "We work slowly: for the first half year there is no audience.",
        "Whoever stops coming gets a call and stays welcome.",
        "Every week there is an open studio that asks for no registration.",
        "After each season we look back with {groups} and choose what to change.",
        "We show the work where people already are: the laundrette, the square, the waiting room.",
        "With this support we want to describe how we work, so that others can use it.",
    ),
    praise=(
        "The committee values that those who take part decide from the start.",
        "The work with the social partner is credible and proven.",
        "The artistic proposal is its own and begins with what people bring.",
    ),
    doubts=(
        "Work out how people stay involved after the showing.",
        "The plan for the third year is vague; make it concrete.",
        "Explain who will describe the experience and with whom it is shared.",
    ),
    conflict="I sit on the board of this organisation.",
    tie_in="Equal scores at the last place: the committee prefers this dossier for the spread over the country.",
    tie_out="Equal scores at the last place: the other dossier reaches a region that is still missing.",
    freed="A place came free by a withdrawal; this was the next dossier.",
    excuse="The project leader was in hospital that day; the conversation was held afterwards.",
    changes="The budget is missing; please add it.",
    waived="The house was closed for building works that year; the visit was held online.",
)

PHRASES: Mapping[str, Phrases] = {"nl": NL, "fr": FR, "en": EN}


def phrases(language: str) -> Phrases:
    """The phrases of a language, or the English ones where nobody wrote any."""
    return PHRASES.get(language, EN)
