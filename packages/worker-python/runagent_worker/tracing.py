"""Spans that the agent makes itself with OpenTelemetry become children of its run.

Only when the agent has imported it: RunAgent brings nothing of it here, and sends no spans from here.
"""

from __future__ import annotations

import sys
from typing import Any

_MODULE = "opentelemetry.trace"


def follow(traceparent: str | None) -> None:
    """From here on, in this context, whatever OpenTelemetry begins belongs to the run. A W3C `traceparent`."""
    trace: Any = sys.modules.get(_MODULE)
    context: Any = sys.modules.get("opentelemetry.context")
    if traceparent is None or trace is None or context is None:
        return
    _, trace_id, span_id, flags = traceparent.split("-")[:4]
    parent = trace.SpanContext(
        int(trace_id, 16), int(span_id, 16), is_remote=True, trace_flags=trace.TraceFlags(int(flags, 16))
    )
    context.attach(trace.set_span_in_context(trace.NonRecordingSpan(parent)))
