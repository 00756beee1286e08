"""How is the reason for a "no" said in a reader's language?

The engine gives each reason a code and its facts. A reason that has no words here is told in the engine's own English
sentence rather than not at all.
"""

from collections.abc import Mapping

REASONS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "at_most": "at most {cap} dossiers can be “{state}”, and {held} places are held",
        "attended": "nobody came to “{meeting}” for this dossier",
        "clear_of": "an earlier dossier of the same organisation became “{state}” on {on}",
        "conflict": "whoever recorded the decision has since declared a conflict",
        "delivered": "“{deliverable}” has not been handed in",
        "follows": "no earlier dossier of the same organisation became “{state}” so recently",
        "fulfilled": "{obligation} has not been fulfilled (last day: {last_day})",
        "member_of": "only members of “{committee}” may do this",
        "once_per": "the same applicant has handed in another dossier, on {on}",
        "other_answer": "“{question}” is not answered {choices}",
        "overdue": "“{obligation}” has not come in (last day: {last_day})",
        "few_scores": "{scored} members have scored it completely, and {quorum} are needed",
        "has_score": "there is a score: {score}",
        "majority": "for “{criterion}” {gave} of {marked} members gave {mark}, and more than half must",
        "budget": "{amount} is asked, and {amount_left} is left",
        "no_amount": "“{question}” is not answered: nobody can say how much money is asked",
        "no_money": "the dossier ranks {rank}, and the money that is left does not reach so far",
        "no_rank": "the dossier has no rank: it was not marked, or not placed",
        "rank": "the dossier ranks {rank}, and only the first {line} go on",
        "no_score": "nobody has scored it completely",
        "no_place": "the dossier ranks {rank}, and no place is left",
        "reason": "no reason has been written",
        "recommendation": "no recommendation has been written",
        "score": "the score is {score}, and at least {floor} is needed",
        "score_low": "the score is {score}, and at most {floor} is needed",
        "state": "the dossier is now “{state}”",
        "strand": "the dossier stands in “{strand}”, and this is for “{wanted}”",
        "tied": "the dossier ranks {rank} and ties for the last place",
        "unpaid": "{amount} of “{promise}” has not been paid (last day: {last_day})",
        "unscored": "there is no score, and at least {floor} is needed",
        "unscored_low": "there is no score, and at most {floor} is needed",
        "verdict": "there is a decision already",
    },
    "nl": {
        "at_most": "hoogstens {cap} dossiers kunnen op “{state}” staan, en {held} plaatsen zijn bezet",
        "attended": "niemand was voor dit dossier aanwezig op “{meeting}”",
        "clear_of": "een eerder dossier van dezelfde organisatie kwam op {on} op “{state}” te staan",
        "conflict": "wie de beslissing invoerde, heeft intussen een belangenconflict gemeld",
        "delivered": "“{deliverable}” is niet ingediend",
        "follows": "geen eerder dossier van dezelfde organisatie kwam zo recent op “{state}” te staan",
        "fulfilled": "{obligation} is nog niet nagekomen (laatste dag: {last_day})",
        "member_of": "alleen leden van “{committee}” kunnen dit doen",
        "once_per": "dezelfde indiener heeft op {on} een ander dossier ingediend",
        "other_answer": "“{question}” is niet beantwoord met {choices}",
        "overdue": "“{obligation}” is niet binnen (laatste dag: {last_day})",
        "few_scores": "{scored} leden gaven elk punt, en er zijn er {quorum} nodig",
        "has_score": "er is een score: {score}",
        "majority": "voor “{criterion}” gaven {gave} van de {marked} leden {mark}, en meer dan de helft moet dat doen",
        "budget": "er wordt {amount} gevraagd, en er is nog {amount_left}",
        "no_amount": "“{question}” is niet beantwoord: niemand weet hoeveel geld er wordt gevraagd",
        "no_money": "het dossier staat op plaats {rank}, en zo ver reikt het geld niet dat er nog is",
        "no_rank": "het dossier heeft geen rang: het kreeg geen punten, of geen plaats in de volgorde",
        "rank": "het dossier staat op plaats {rank}, en alleen de eerste {line} gaan verder",
        "no_score": "niemand heeft elk punt gegeven",
        "no_place": "het dossier staat op plaats {rank}, en er is geen plaats meer",
        "reason": "er is geen reden opgeschreven",
        "recommendation": "er is geen aanbeveling geschreven",
        "score": "de score is {score}, en minstens {floor} is nodig",
        "score_low": "de score is {score}, en hoogstens {floor} is nodig",
        "state": "het dossier staat intussen op “{state}”",
        "strand": "het dossier staat in “{strand}”, en dit is voor “{wanted}”",
        "tied": "het dossier staat op plaats {rank}, gelijk met een ander om de laatste plaats",
        "unpaid": "{amount} van “{promise}” is niet betaald (laatste dag: {last_day})",
        "unscored": "er is geen score, en minstens {floor} is nodig",
        "unscored_low": "er is geen score, en hoogstens {floor} is nodig",
        "verdict": "er is al een beslissing",
    },
    "fr": {
        "at_most": (
            "{cap} dossiers au plus peuvent se trouver à l’étape «\u00a0{state}\u00a0», et {held} places sont prises"
        ),
        "attended": "personne n’a représenté ce dossier à «\u00a0{meeting}\u00a0»",
        "clear_of": "un dossier antérieur de la même organisation est passé à «\u00a0{state}\u00a0» le {on}",
        "conflict": "la personne qui a enregistré la décision a depuis déclaré un conflit d’intérêts",
        "delivered": "«\u00a0{deliverable}\u00a0» n’a pas été remis",
        "follows": (
            "aucun dossier antérieur de la même organisation n’est passé si récemment à «\u00a0{state}\u00a0»"
        ),
        "fulfilled": "{obligation} reste à remplir (dernier jour\u00a0: {last_day})",
        "once_per": "le même porteur a introduit un autre dossier le {on}",
        "other_answer": "la réponse à «\u00a0{question}\u00a0» n’est pas {choices}",
        "overdue": "«\u00a0{obligation}\u00a0» n’est pas arrivé (dernier jour\u00a0: {last_day})",
        "member_of": "seuls les membres de «\u00a0{committee}\u00a0» peuvent le faire",
        "few_scores": "{scored} membres ont donné toutes leurs notes, et il en faut {quorum}",
        "has_score": "il y a un score\u00a0: {score}",
        "majority": (
            "pour «\u00a0{criterion}\u00a0», {gave} membres sur {marked} ont donné {mark}, et il en faut plus de la "
            "moitié"
        ),
        "budget": "{amount} sont demandés, et il reste {amount_left}",
        "no_amount": "«\u00a0{question}\u00a0» n’a pas de réponse\u00a0: personne ne sait combien d’argent est demandé",
        "no_money": "le dossier est au rang {rank}, et l’argent qui reste ne va pas jusque-là",
        "no_rank": "le dossier n’a pas de rang\u00a0: il n’a pas été noté, ou pas placé",
        "rank": "le dossier est au rang {rank}, et seuls les {line} premiers continuent",
        "no_score": "personne n’a donné toutes ses notes",
        "no_place": "le dossier est au rang {rank}, et il ne reste plus de place",
        "reason": "aucun motif n’a été écrit",
        "recommendation": "aucune recommandation n’a été rédigée",
        "score": "le score est de {score}, et il faut au moins {floor}",
        "score_low": "le score est de {score}, et il faut au plus {floor}",
        "state": "le dossier se trouve désormais à l’étape «\u00a0{state}\u00a0»",
        "strand": "le dossier relève de «\u00a0{strand}\u00a0», et ceci est pour «\u00a0{wanted}\u00a0»",
        "tied": "le dossier est au rang {rank}, à égalité avec un autre pour la dernière place",
        "unpaid": "{amount} pour «\u00a0{promise}\u00a0» n’ont pas été versés (dernier jour\u00a0: {last_day})",
        "unscored": "il n’y a pas de score, et il faut au moins {floor}",
        "unscored_low": "il n’y a pas de score, et il faut au plus {floor}",
        "verdict": "une décision existe déjà",
    },
}


def say_reason(language: str, code: str, sentence: str, facts: Mapping[str, object]) -> str:
    """The reason in that language, made of `facts` that are in it already; else the engine's own sentence."""
    words = REASONS.get(language, {}).get(code)
    return words.format(**facts) if words else sentence
