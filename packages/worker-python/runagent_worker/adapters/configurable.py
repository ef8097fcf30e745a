"""Keys of the body that an entrypoint's config lets callers set in `configurable` of LangGraph and LangChain.

The config refuses the names that decide whose state a run goes on with. Nothing else of the body reaches a config.
"""

from __future__ import annotations

from typing import Any

from ..loading import LoadError


class ConfigKeys:
    def __init__(self, spec: dict[str, Any], own: Any) -> None:
        """`own`: the schema of the input without them. Raises LoadError when both have one name."""
        self._names: list[str] = spec.get("config_keys", [])
        properties: dict[str, Any] = own.get("properties") or {} if isinstance(own, dict) else {}
        both = [name for name in self._names if name in properties]
        if both:
            hint = "Take it out of `config_keys`, or name it otherwise in the graph or chain."
            raise LoadError(f"{spec['module']}: {', '.join(both)} of `config_keys` is a key of its input", hint=hint)

    def of(self, value: Any) -> tuple[Any, dict[str, Any]]:
        """The input without them, and what they say."""
        if not self._names or not isinstance(value, dict):
            return value, {}
        said = {name: value[name] for name in self._names if name in value}
        return {name: one for name, one in value.items() if name not in said}, said

    def schema(self, own: Any) -> Any:
        """Of the whole body, where its members are told one by one."""
        if not self._names or not isinstance(own, dict) or not own.get("properties"):
            return own
        return {**own, "properties": {**own["properties"], **{name: {} for name in self._names}}}
