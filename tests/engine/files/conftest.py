"""Where is what the tests of the words look at: the tests in which Python and SQL are compared?"""

import sys
from pathlib import Path

sys.path += [str(Path(__file__).parents[1] / folder) for folder in ("cycle", "database", "rules")]
