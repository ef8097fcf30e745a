"""ADK's session service over a session that the server holds: JSON in, JSON out.

State under `app:` and `user:` stays in the session too: nothing is shared between sessions.
"""

from __future__ import annotations

import functools
import json
from typing import Any


def held_sessions(saved: dict[str, Any] | None) -> Any:
    """A service that holds one session, made of what was exported."""
    return _service_class()(saved)


def exported(session: Any) -> dict[str, Any]:
    state = {key: value for key, value in session.state.items() if not key.startswith("temp:")}
    return {"state": state, "events": [event.model_dump(mode="json", exclude_none=True) for event in session.events]}


@functools.cache
def _service_class() -> Any:
    from google.adk.events import Event  # the agent's own
    from google.adk.sessions import BaseSessionService, Session
    from google.adk.sessions.base_session_service import ListSessionsResponse

    class HeldSessions(BaseSessionService):  # pyright: ignore[reportUntypedBaseClass] - ADK is not here
        def __init__(self, saved: dict[str, Any] | None) -> None:
            self._saved = saved
            self._session: Any = None

        async def create_session(
            self, *, app_name: str, user_id: str, state: Any = None, session_id: str | None = None
        ) -> Any:
            saved = self._saved or {"state": {}, "events": []}
            # By JSON text: bytes in it are base64.
            events = [Event.model_validate_json(json.dumps(event)) for event in saved["events"]]
            known = {**(state or {}), **saved["state"]}
            self._session = Session(
                id=session_id or "session", app_name=app_name, user_id=user_id, state=known, events=events
            )
            return self._session

        async def get_session(self, *, app_name: str, user_id: str, session_id: str, config: Any = None) -> Any:
            return self._session if self._session is not None and self._session.id == session_id else None

        async def list_sessions(self, *, app_name: str, user_id: str | None = None) -> Any:
            return ListSessionsResponse(sessions=[] if self._session is None else [self._session])

        async def delete_session(self, *, app_name: str, user_id: str, session_id: str) -> None:
            """Deleting is the server's."""

    return HeldSessions
