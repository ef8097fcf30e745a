"""Imports an agent's files as their author means them: by dotted name from the nearest project root, never `__main__`,
each file once. What goes wrong becomes a LoadError with the user's own traceback.
"""

from __future__ import annotations

import ast
import importlib
import importlib.machinery
import importlib.util
import os
import sys
import types
from collections.abc import Iterable
from typing import Any

from .missing import close_to, explain_missing_module
from .problems import Fault, class_name, message_of, user_traceback
from .sources import error_sources, imported_sources, named_sources

_MARKERS = (
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "requirements.txt",
    ".git",
    "runagent.config.json",
    "langgraph.json",
)


class LoadError(Fault):
    """One entrypoint cannot be loaded. `missing`: files that were looked for."""

    def __init__(self, detail: str, **more: Any) -> None:
        super().__init__("LOAD_FAILED", detail, **more)


class Loader:
    def __init__(self, root: str) -> None:
        self._root = os.path.realpath(root)
        self._modules: dict[str, types.ModuleType | LoadError] = {}

    def load(self, file: str) -> types.ModuleType:
        """The module of a file (relative to the agent's folder). Raises LoadError."""
        path = os.path.realpath(os.path.join(self._root, file))
        if path not in self._modules:
            try:
                self._modules[path] = self._import(path, file)
            except LoadError as error:
                self._modules[path] = error
        found = self._modules[path]
        if isinstance(found, LoadError):
            raise found
        return found

    def files(self, errors: Iterable[LoadError] = ()) -> list[str]:
        """What hot reload watches: files of the agent that were imported, failed to be, or are named in imports."""
        found = set(self._modules) | imported_sources(self._root)
        for error in errors:
            found |= error_sources(error, self._root)
        return sorted(found | named_sources(found, self._root))

    def _import(self, path: str, file: str) -> types.ModuleType:
        if not os.path.isfile(path):
            raise self._no_file(path, file)
        self._make_importable(path)
        try:
            return import_path(path, self._root)
        except SystemExit as error:
            detail = f"{file}: it called sys.exit({error.code!r}) while it was imported"
            raise LoadError(detail, type="SystemExit", traceback=user_traceback(error)) from error
        except ModuleNotFoundError as error:
            raise LoadError(**explain_missing_module(error, file, self._root)) from error
        except BaseException as error:
            detail = f"{file}: {class_name(error)}: {message_of(error)}"
            raise LoadError(detail, type=class_name(error), traceback=user_traceback(error)) from error

    def _no_file(self, path: str, file: str) -> LoadError:
        folder = os.path.dirname(path)
        there = [name for name in os.listdir(folder) if name.endswith(".py")] if os.path.isdir(folder) else []
        close = close_to(os.path.basename(path), there)
        hint = f"Did you mean {os.path.join(os.path.dirname(file), close)}?" if close else ""
        return LoadError(
            f"{file}: there is no such file" + (f"; did you mean {close}?" if close else ""), hint=hint, missing=[path]
        )

    def _make_importable(self, path: str) -> None:
        own = os.path.dirname(path)
        wanted = [own, self._root, os.path.join(self._root, "src")]
        for folder in reversed(wanted):
            if folder in sys.path or not os.path.isdir(folder):
                continue
            if folder == own != self._root and os.path.isfile(os.path.join(folder, "__init__.py")):
                sys.path.append(folder)  # modules of a package must not hide installed ones, such as `agents`
            else:
                sys.path.insert(0, folder)


def import_path(path: str, root: str) -> types.ModuleType:
    """Imports one file by its dotted name. What the file raises comes through."""
    base, parts = _dotted(path, root)
    if len(parts) > 1:
        _open_packages(base, parts[:-1])
    name = ".".join(parts)
    there = sys.modules.get(name)
    if there is not None:
        if os.path.realpath(getattr(there, "__file__", None) or "") == path:
            return there
        name = f"{name}__agent"  # the name of a module that is in use, such as `types`: neither replaces the other
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{os.path.basename(path)} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    if len(parts) > 1:
        setattr(sys.modules[".".join(parts[:-1])], parts[-1], module)
    return module


def _dotted(path: str, root: str) -> tuple[str, list[str]]:
    """The folder that the dotted name begins in, and the name's parts."""
    base = _project_root(os.path.dirname(path), root)
    source = os.path.join(base, "src")
    if path.startswith(source + os.sep):
        base = source
    while os.path.isfile(os.path.join(base, "__init__.py")) and os.path.dirname(base) != base:
        base = os.path.dirname(base)
    relative = os.path.relpath(path, base)
    for _ in range(_levels_above(path, relative.count(os.sep))):
        base = os.path.dirname(base)
    parts = os.path.relpath(path, base)[: -len(".py")].split(os.sep)
    return base, [part.replace(".", "_") for part in parts]


def _project_root(folder: str, root: str) -> str:
    while folder != root and not any(os.path.exists(os.path.join(folder, name)) for name in _MARKERS):
        above = os.path.dirname(folder)
        if above == folder:
            return root
        folder = above
    return folder


def _levels_above(path: str, depth: int) -> int:
    """How many more folders the file's relative imports need as packages."""
    try:
        with open(path, "rb") as source:
            tree = ast.parse(source.read())
    except (SyntaxError, ValueError):
        return 0  # the import itself says it better
    levels = [node.level for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return max(0, max(levels, default=0) - depth)


def _open_packages(base: str, parts: list[str]) -> None:
    """Parent packages that need no identifier for a name and no place on sys.path."""
    folder = base
    for index in range(len(parts)):
        name = ".".join(parts[: index + 1])
        folder = _child(folder, parts[index])
        there: Any = getattr(sys.modules.get(name), "__path__", ())
        if folder in list(there):
            continue
        start = os.path.join(folder, "__init__.py")
        if os.path.isfile(start):
            _run_package(name, start, folder)
            continue
        package = types.ModuleType(name)
        package.__path__ = [folder]
        package.__package__ = name
        package.__spec__ = importlib.machinery.ModuleSpec(name, None, is_package=True)
        package.__spec__.submodule_search_locations = [folder]
        sys.modules[name] = package


def _child(folder: str, part: str) -> str:
    whole = os.path.join(folder, part)
    if os.path.isdir(whole):
        return whole
    return next((os.path.join(folder, n) for n in os.listdir(folder) if n.replace(".", "_") == part), whole)


def _run_package(name: str, start: str, folder: str) -> None:
    spec = importlib.util.spec_from_file_location(name, start, submodule_search_locations=[folder])
    if spec is None or spec.loader is None:
        raise ImportError(f"{start} is no Python file")
    package = importlib.util.module_from_spec(spec)
    sys.modules[name] = package
    spec.loader.exec_module(package)
