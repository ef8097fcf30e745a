"""A home of Claude Code's for a session's first turn: the login is the machine's, what it writes goes with the turn.

Later turns have one that the SDK makes of the session's transcripts, in the same way.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

_VARIABLE = "CLAUDE_CONFIG_DIR"


@contextlib.contextmanager
def turn_home(options: Any, changed: dict[str, Any]) -> Generator[dict[str, Any]]:
    """What changes in a query's options, given what does already. A home that the agent chose itself stays."""
    copy_login = _login_copier() if "session_store" in changed and "resume" not in changed else None
    if copy_login is None or _VARIABLE in options.env or _VARIABLE in os.environ:
        yield changed
        return
    home = Path(tempfile.mkdtemp(prefix="runagent-claude-"))
    try:
        copy_login(home, options.env)
        yield {**changed, "env": {**options.env, _VARIABLE: str(home)}}
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _login_copier() -> Any:
    """The SDK's own, which knows where each system keeps a login. None: a version without it keeps its usual home."""
    try:
        resuming = importlib.import_module("claude_agent_sdk._internal.session_resume")
    except ImportError:
        return None
    return getattr(resuming, "_copy_auth_files", None)
