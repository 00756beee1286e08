"""On what do the tests of faults play? On the rounds of the tests of the cycle, which stand beside those."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "engine" / "cycle"))
