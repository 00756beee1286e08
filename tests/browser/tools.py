"""What do the tests of pages need besides Python, and what happens where it is missing?"""

import os
import shutil

import pytest

REQUIRED = "BROWSER_OF_THE_TESTS"
"""set to `required` where a missing tool is a failure; no setting of grantcycle begins like this"""


def tool(program: str, package: str) -> str:
    """The path of a program; without it the test is skipped, or fails where the tools are required."""
    if found := shutil.which(program):
        return found
    reason = f"needs {program}: install the package {package}"
    if os.environ.get(REQUIRED) == "required":
        pytest.fail(reason)
    pytest.skip(reason)
