"""Command lines on a clock that is set: `python jumping.py` has read all code, and forks for each of them.

One line of JSON on standard input begins one (`words`, `folder`, `ahead`: the file that says how many seconds the clock
is ahead, `out` and `err`: where it writes) and is answered with its process; `{"wait": PROCESS}` with how that ended.
"""

import json
import os
import sys

import web.app  # noqa: F401  what `serve` reads only then
from grantcycle.command_line import main


def run(words: list[str], folder: str, ahead: str, out: str, err: str) -> None:
    """Carry out a command line in this process, which ends with it."""
    for descriptor, name in ((0, os.devnull), (1, out), (2, err)):
        os.dup2(os.open(name, os.O_RDWR | os.O_CREAT, 0o600), descriptor)
    os.environ["WALLJUMP"] = ahead
    os.chdir(folder)
    sys.argv = ["grantcycle", *words]
    try:
        main()
    except SystemExit as ended:
        os._exit(ended.code if isinstance(ended.code, int) else 1)


for line in sys.stdin:
    asked = json.loads(line)
    if "wait" in asked:
        print(os.waitstatus_to_exitcode(os.waitpid(asked["wait"], 0)[1]), flush=True)
        continue
    process = os.fork()
    if not process:
        run(**asked)
    print(process, flush=True)
