"""Bytecode of the agent's own files is kept by their time in nanoseconds. Python's whole seconds and the size cannot
tell two saves of one second apart, and the old code would be run.
"""

from __future__ import annotations

import importlib.machinery
import os
from collections.abc import Mapping
from typing import Any

from .sources import is_own


def tell_saves_apart(root: str) -> None:
    """Only lower 32 bits of the time are kept: enough, for they are compared for being equal."""
    plain = importlib.machinery.SourceFileLoader.path_stats
    own = os.path.realpath(root)

    def path_stats(self: importlib.machinery.SourceFileLoader, path: Any) -> Mapping[str, Any]:
        stats = plain(self, path)
        if not isinstance(path, str) or not is_own(os.path.realpath(path), own):
            return stats
        return {**stats, "mtime": os.stat(path).st_mtime_ns}

    importlib.machinery.SourceFileLoader.path_stats = path_stats  # type: ignore[method-assign]  the only place where loaders ask
