"""The JSON Schema of what a function says that it returns. For readers: nobody refuses an output for it."""

from __future__ import annotations

from typing import Any

from .shape import Json
from .shapes import Shapes


def output_schema(annotation: Any) -> Json:
    shapes = Shapes()
    schema = shapes.of(annotation).schema
    return {**schema, "$defs": shapes.defs} if shapes.defs else schema
