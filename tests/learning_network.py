"""A learning network that has a place for some, a list for the others, and every word that meetings and debts have."""

from functools import cache

from on_disk import written

from engine.files.reading import Programme, examine, read_programme

FILES = written("learning-network")


@cache
def learning_network(*, places: int = 18, guard: str = 'attended = "intake", ') -> Programme:
    """The programme, with its letters: so many places, and what is asked besides of whoever is offered one."""
    workflow = FILES["workflow.toml"].replace("at_most = 18", f"at_most = {places}")
    workflow = workflow.replace('attended = "intake", ', guard)
    files = {**FILES, "workflow.toml": workflow}
    assert [str(one) for one in examine("learning-network", files, "")[1] if one.level == "error"] == []
    return read_programme("learning-network", files, "")
