"""Can the money be paid that the funder promises: how much is it, to whom, by when, and only once?"""

from engine.files.source import Spot
from engine.rules.paying import promises_to_pay
from engine.rules.workflow import Workflow

MONEY = ("money", "schedule")
"""the kinds of questions that say how much"""


def check_payments(workflow: Workflow, whole: Spot) -> None:
    """Complain about promises to pay that say too little, or the same twice."""
    paid: dict[tuple[str, str], str] = {}
    for promise in promises_to_pay(workflow):
        place = whole.at("promise", promise.name)
        asked = workflow.questions.get(promise.pay or "")
        if asked is None:
            continue  # it was complained about, or the question was
        if asked.kind not in MONEY:
            place.at("pay").complain(
                f'"{asked.name}" has the kind "{asked.kind}": only an amount of money, or a schedule of them, is paid'
            )
        elif not asked.required or asked.only_if:
            place.at("pay").complain(
                f'"{asked.name}" may be left open: nothing is promised to whoever does not answer it', "warning"
            )
        if asked.kind == "money" and promise.before is None and promise.own is None:
            place.at("before").complain(f'is required: "{asked.name}" is one amount, and has no day of its own')
        if workflow.begins_in in promise.about:
            place.at("about").complain(
                f'"{workflow.begins_in}" is where a dossier begins: nothing is promised of what is not handed in'
            )
        for state in promise.about:
            if (first := paid.setdefault((asked.name, state), promise.name)) != promise.name:
                place.at("pay").complain(f'"{first}" pays "{asked.name}" already in "{state}": it would be paid twice')
                break
