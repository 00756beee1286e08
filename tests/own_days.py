"""A small programme that uses every word for what happens to a dossier on days of its own."""

from on_disk import WRITTEN, programme_in

from engine.files.reading import Programme


def places() -> Programme:
    return programme_in(WRITTEN / "places")
