"""What to say when a name is not there: the package to install and the exact command, or the name that was meant."""

from __future__ import annotations

import difflib
import os
import shutil
import sys
import sysconfig
from collections.abc import Iterable
from typing import Any

from .problems import last_user_line, user_traceback
from .sources import places_of

DISTRIBUTIONS = {
    "Crypto": "pycryptodome",
    "OpenSSL": "pyOpenSSL",
    "PIL": "pillow",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "faiss": "faiss-cpu",
    "fitz": "pymupdf",
    "git": "GitPython",
    "google.adk": "google-adk",
    "google.genai": "google-genai",
    "google.generativeai": "google-generativeai",
    "agents": "openai-agents",
    "jwt": "PyJWT",
    "llama_index": "llama-index",
    "magic": "python-magic",
    "multipart": "python-multipart",
    "pkg_resources": "setuptools",
    "pptx": "python-pptx",
    "psycopg2": "psycopg2-binary",
    "pydantic_ai": "pydantic-ai",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "slugify": "python-slugify",
    "tavily": "tavily-python",
    "telegram": "python-telegram-bot",
    "yaml": "PyYAML",
    "zmq": "pyzmq",
}


def close_to(name: str, names: Iterable[str]) -> str | None:
    found = difflib.get_close_matches(name, list(names), n=1, cutoff=0.6)
    return found[0] if found else None


def explain_missing_module(error: ModuleNotFoundError, file: str, root: str) -> dict[str, Any]:
    """The parts of a LOAD_FAILED for an import that found nothing."""
    name = error.name or ""
    line = last_user_line(error)
    where = f"{os.path.relpath(line[0], root) if line[0].startswith(root) else line[0]}:{line[1]}" if line else file
    said = f"{where}: no module named {name!r}" + (f" ({line[2]})" if line and line[2] else "")
    top = name.split(".")[0]
    found: dict[str, Any] = {"type": "ModuleNotFoundError", "traceback": user_traceback(error)}
    found["missing"] = _places(name)
    local = close_to(top, _local_names(root))
    if local and local != top:
        return {**found, "detail": f"{said}; did you mean {local!r}?", "hint": f"Did you mean `{local}`?"}
    if top in sys.modules and "." in name and top not in ("google", "azure"):
        return {**found, "detail": said, "hint": f"`{top}` is installed, but has no `{name}`: check its version."}
    package = distribution_of(name)
    return {**found, "detail": f"{said}: the package {package} is not installed", "hint": install_hint(package, root)}


def distribution_of(module: str) -> str:
    """The package on the registry that brings a module."""
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        known = DISTRIBUTIONS.get(".".join(parts[:length]))
        if known:
            return known
    return parts[0].replace("_", "-")


def install_hint(package: str, root: str) -> str:
    """An environment that was built for the agent is never changed: the list that it was built from is."""
    try:
        with open(os.path.join(sys.prefix, "runagent-built-from")) as built:
            kind = built.read()
    except OSError:
        return f"Install it: `{install_command(package, root)}`"
    if kind == "requirements.txt":
        return f"Add it to requirements.txt and save: `echo {package} >> requirements.txt`"
    if kind == "pyproject.toml":
        return f"Add it to the dependencies in pyproject.toml and save: {package}"
    return f"Add it: `{'uv' if kind == 'uv.lock' else 'poetry'} add {package}`"


def install_command(package: str, root: str) -> str:
    if os.path.exists(os.path.join(root, "uv.lock")):
        return f"uv add {package}"
    if is_managed():
        if shutil.which("uv"):
            return f"uv venv && uv pip install {package}"
        return f"{sys.executable} -m venv .venv && .venv/bin/python -m pip install {package}"
    if shutil.which("uv"):
        return f"uv pip install {package} --python {sys.executable}"
    return f"{sys.executable} -m pip install {package}"


def is_managed() -> bool:
    """A Python of the system's into which nothing may be installed (PEP 668): there the plain command is refused."""
    marker = os.path.join(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED")
    return sys.prefix == sys.base_prefix and os.path.exists(marker)


def _places(name: str) -> list[str]:
    """Also where packages are installed: the command that is named heals it."""
    return list(places_of(name.split("."), [folder for folder in sys.path if os.path.isdir(folder)]))


def _local_names(root: str) -> list[str]:
    names: list[str] = []
    for entry in os.listdir(root):
        stem, ending = os.path.splitext(entry)
        if ending == ".py":
            names.append(stem)
        elif not ending and os.path.isdir(os.path.join(root, entry)) and not entry.startswith("."):
            names.append(entry)
    return names
