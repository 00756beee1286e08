"""How do all tests run? Without a stopwatch: a slow machine is not a wrong one."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
