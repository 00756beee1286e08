"""What would the ranking be if every member marked alike: nobody milder, nobody sterner, nobody more daring?"""

from collections import defaultdict
from collections.abc import Mapping
from statistics import fmean, pstdev

from engine.rules.facts import to_six_places

ENOUGH = 3
"""dossiers that a member has marked before anything can be said of how she marks"""


def normalised(means: Mapping[tuple[str, int], float]) -> Mapping[str, float]:
    """dossier -> its mean after each member's marks are shifted and stretched to the mean and spread of all marks.

    `means` is (dossier's number, member) -> her weighted mean. Who has marked fewer than three dossiers counts as she
    marked; who gives everything the same mark says nothing of any, and counts as the mean.
    """
    if not means:
        return {}
    centre, width = fmean(means.values()), pstdev(means.values())
    of_member: dict[int, dict[str, float]] = defaultdict(dict)
    for (dossier, member), mean in means.items():
        of_member[member][dossier] = mean
    moved: dict[str, list[float]] = defaultdict(list)
    for _, given in sorted(of_member.items()):
        own, spread = fmean(given.values()), pstdev(given.values())
        for dossier, mean in given.items():
            if len(given) < ENOUGH:
                moved[dossier].append(mean)
            else:
                # a spread of rounding errors is none
                place = (mean - own) / spread if spread > 1e-9 else 0.0
                moved[dossier].append(centre + place * width)
    return {dossier: to_six_places(fmean(found)) for dossier, found in moved.items()}
