"""RunAgent's Python worker: imports an agent once, then runs its entrypoints. Standard library of Python 3.10 only."""
