"""A process that has LangGraph imported, forked freshly for every run."""

import langgraph.graph  # noqa: F401  (imported for its weight)


def echo(payload):
    return payload
