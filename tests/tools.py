"""What do some tests need besides Python, and what happens where it is missing?"""

import ctypes
import os
import shutil
from typing import NoReturn

import pytest

REQUIRED = "BROWSER_OF_THE_TESTS"
"""set to `required` where a missing tool is a failure; no setting of grantcycle begins like this"""


def tool(program: str, package: str) -> str:
    """The path of a program; without it the test is skipped, or fails where the tools are required."""
    return shutil.which(program) or without(f"needs {program}: install the package {package}")


def library(name: str, package: str) -> ctypes.CDLL:
    """A library in C; without it the same happens."""
    try:
        return ctypes.CDLL(name)
    except OSError:
        without(f"needs {name}: install the package {package}")


def without(reason: str) -> NoReturn:
    """Skip the test, or fail it where the tools are required."""
    if os.environ.get(REQUIRED) == "required":
        pytest.fail(reason)
    pytest.skip(reason)
