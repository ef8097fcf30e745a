"""Where compiled modules lie: beside the source of an installed package where an installer put them, all others in our
cache. Nothing is ever written beside a source: the agent's folder stays as it is.

Python's own `PYTHONPYCACHEPREFIX` alone would ignore what is compiled already: the standard library and a built
environment (2.5 times the import time at the first start).
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

VARIABLE = "RUNAGENT_BYTECODE"
_INSTALLED = ("site-packages", "dist-packages", os.path.dirname(os.__file__))


def keep_bytecode() -> None:
    """Before anything of ours or the agent's is imported. Without the variable Python does as it was told."""
    folder = os.environ.pop(VARIABLE, "")
    if not folder:
        return
    sys.pycache_prefix = folder
    sys.dont_write_bytecode = False
    os.environ["PYTHONPYCACHEPREFIX"] = folder  # for Python processes that the agent starts
    loaders: Any = importlib._bootstrap_external  # type: ignore[attr-defined]  # the only place where loaders ask
    in_cache = loaders.cache_from_source
    suffix = f".{sys.implementation.cache_tag}.pyc"

    def cache_from_source(path: str, *args: Any, **options: Any) -> str:
        if path.startswith(_INSTALLED[2]) or _INSTALLED[0] in path or _INSTALLED[1] in path:
            head, tail = os.path.split(path)
            beside = os.path.join(head, "__pycache__", os.path.splitext(tail)[0] + suffix)
            if os.path.exists(beside):
                return beside
        return in_cache(path, *args, **options)

    loaders.cache_from_source = cache_from_source
