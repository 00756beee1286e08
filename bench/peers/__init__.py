"""How do other libraries do the same work? Each in a process of its own, in an environment of its own.

`python -m bench.peers.NAME ADDRESS DOSSIERS` moves so many dossiers, each with its state, a row of history and a queued
notification, and prints how many it moved a second. Nothing here imports the engine: that environment has none.
"""
