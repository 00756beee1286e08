"""Which round does the demonstration play, and who writes its letters? What demo.toml says."""

import tomllib
from email.headerregistry import Address
from importlib.resources import files

from grantcycle.addresses import read_named_address

_CHOSEN = tomllib.loads(files("grantcycle.demo").joinpath("demo.toml").read_text(encoding="utf-8"))
PROGRAMME: str = _CHOSEN["programme"]
SHIPPED: str = _CHOSEN["round"]
"""the round as it is shipped, whose dates are moved"""
SENDER: Address = read_named_address(_CHOSEN["sender"])
