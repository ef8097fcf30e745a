"""Which files an agent is made of: what it imported, failed to import, and what its functions will import later.

Read from the sources' own text, so that broken files and imports inside functions count. Nothing is run.
"""

from __future__ import annotations

import os
import re
import sys
import traceback
from collections.abc import Iterable, Iterator

_SKIPPED = tuple(f"{os.sep}{name}{os.sep}" for name in ("site-packages", "node_modules", "__pycache__"))
_IMPORT = re.compile(
    rb"(?:^|[;:])[ \t]*(?:from[ \t]+(?P<dots>\.*)(?P<base>[\w.]*)[ \t]+import[ \t]+(?P<names>\([^)]*\)|[^\n#]*)"
    rb"|import[ \t]+(?P<plain>[^\n#]*))",
    re.MULTILINE,
)


def is_own(path: str, root: str) -> bool:
    """In the agent's folder, and no package that was installed there."""
    return path.startswith(root + os.sep) and not any(part in path for part in _SKIPPED)


def imported_sources(root: str) -> set[str]:
    paths = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    real = (os.path.realpath(path) for path in paths if isinstance(path, str))
    return {path for path in real if is_own(path, root)}


def error_sources(error: BaseException | None, root: str) -> set[str]:
    """Files that an error came through or is about; of its causes, too."""
    found: set[str] = set()
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        waiting += [one.__cause__, one.__context__]
        named = [frame.filename for frame in traceback.extract_tb(one.__traceback__)]
        if isinstance(one, SyntaxError) and one.filename:
            named.append(one.filename)
        found.update(os.path.realpath(path) for path in named)
    return {path for path in found if is_own(path, root)}


def named_sources(known: Iterable[str], root: str) -> set[str]:
    """Files of the agent that the known ones name in imports, and so on; places that are empty so far, too."""
    bases = [folder for folder in map(os.path.realpath, sys.path) if folder == root or is_own(folder, root)]
    found: set[str] = set()
    waiting = list(known)
    while waiting:
        for place in _named_in(waiting.pop(), bases):
            if place not in found and is_own(place, root):
                found.add(place)
                waiting.append(place)
    return found


def places_of(parts: list[str], folders: Iterable[str]) -> Iterator[str]:
    """Where a module of that dotted name would be, its packages first; no further than the first folder that has it."""
    for folder in folders:
        there, path = False, folder
        for part in parts:
            path = os.path.join(path, part)
            module = f"{path}.py"
            yield module
            yield os.path.join(path, "__init__.py")
            there = there or os.path.isfile(module) or os.path.isdir(path)
            if not os.path.isdir(path):
                break
        if there:
            return


def _named_in(path: str, bases: list[str]) -> Iterator[str]:
    try:
        with open(path, "rb") as file:
            text = file.read()
    except OSError:
        return  # a place that is empty so far
    for match in _IMPORT.finditer(text):
        if match["plain"] is not None:
            for name in match["plain"].split(b","):
                yield from _own_places(_parts(name), bases)
            continue
        parts = _parts(match["base"])
        above = len(match["dots"])
        folder = os.path.normpath(os.path.join(os.path.dirname(path), *[".."] * (above - 1)))
        for name in [b"", *re.split(rb"[,()]", match["names"])]:
            whole = [*parts, *_parts(name)]
            yield from places_of(whole, [folder]) if above else _own_places(whole, bases)


def _parts(name: bytes) -> list[str]:
    """`a`, `b` of `a.b as c`; nothing of what is no name."""
    first = re.match(rb"\s*([\w.]+)", name)
    return [part for part in first[1].decode(errors="replace").split(".") if part] if first else []


def _own_places(parts: list[str], bases: list[str]) -> Iterator[str]:
    """None for a module that was found elsewhere."""
    file: object = getattr(sys.modules.get(parts[0]), "__file__", None) if parts else None
    inside = not isinstance(file, str) or any(os.path.realpath(file).startswith(base + os.sep) for base in bases)
    return places_of(parts, bases) if inside else iter(())
