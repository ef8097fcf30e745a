"""What is imported how, and what is said when it cannot be."""

from __future__ import annotations

import os
import sys
import sysconfig
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from channel import Server

from runagent_worker.missing import install_command

Serve = Callable[..., Server]


def entry(file: str, module: str, **more: Any) -> dict[str, Any]:
    return {"tag": module.replace(".", "_"), "file": file, "module": module, **more}


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(textwrap.dedent(text))


def failure(server: Server) -> dict[str, Any]:
    described = server.load()[1]
    assert (described["kind"], described["code"]) == ("error", "LOAD_FAILED"), described
    return described


def answer(server: Server, tag: str) -> Any:
    connection, described = server.load()
    assert described["kind"] == "describe", described
    return server.run(connection, tag).value


def test_relative_imports_work_in_a_folder_whose_name_is_no_identifier(serve: Serve, folder: Path) -> None:
    inner = folder / "my-agent 1.0"
    write(inner, {"agent.py": "from .tools import double\nimport tools\ndef f(): return [double(2), __name__]\n"})
    write(inner, {"tools.py": "def double(x): return x * 2\n", "runagent.config.json": "{}"})
    server = serve("", [entry("agent.py", "f")], root=str(inner))
    assert answer(server, "f")[0] == 4


def test_a_file_in_a_folder_has_its_dotted_name_and_its_neighbours(serve: Serve, folder: Path) -> None:
    write(folder, {"pkg/run/agent.py": "from ..shared import N\nimport near\ndef f(): return [__name__, N, near.M]\n"})
    write(folder, {"pkg/shared.py": "N = 1\n", "pkg/run/near.py": "M = 2\n"})
    assert answer(serve("", [entry("pkg/run/agent.py", "f")]), "f") == ["pkg.run.agent", 1, 2]


def test_a_module_of_a_package_hides_no_installed_one_and_can_be_imported(serve: Serve, folder: Path) -> None:
    write(folder, {"pkg/__init__.py": "", "pkg/colorsys.py": "OWN = True\n", "pkg/near.py": "M = 2\n"})
    write(folder, {"pkg/agent.py": "import colorsys, near\ndef f(): return [hasattr(colorsys, 'OWN'), near.M]\n"})
    assert answer(serve("", [entry("pkg/agent.py", "f")]), "f") == [False, 2]


def test_src_is_importable_and_the_working_directory_is_the_agents(serve: Serve, folder: Path) -> None:
    write(folder, {"src/lib.py": "N = 3\n"})
    code = (
        "import lib, os\ndef f(): return [lib.N, os.getcwd(), [k for k in os.environ if k.startswith('RUNAGENT_')]]\n"
    )
    assert answer(serve(code, "f"), "f") == [3, str(folder), []]


def test_a_file_named_like_a_module_in_use_does_not_replace_it(serve: Serve, folder: Path) -> None:
    write(folder, {"types.py": "def f(): return 'mine'\n"})
    assert answer(serve("", [entry("types.py", "f")]), "f") == "mine"


def test_a_missing_package_is_named_with_its_line_and_the_command(serve: Serve) -> None:
    error = failure(serve("import os\nimport cv2\ndef f(): ...\n", "f"))
    assert "agent.py:2" in error["detail"] and "opencv-python" in error["detail"]
    assert "pip install opencv-python" in error["hint"] or "uv add opencv-python" in error["hint"]
    assert error["files"] and any(path.endswith("cv2.py") for path in error["missing"])


def test_a_name_that_is_like_no_other_is_told_what_there_is(serve: Serve) -> None:
    error = failure(serve("import os\nfrom json import loads\nclass Tool: ...\ndef f(): ...\n", "answer"))
    assert "there is no 'answer'" in error["detail"] and error["hint"] == "agent.py has `Tool`, `f`."


def test_where_the_system_owns_the_packages_the_command_makes_an_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "EXTERNALLY-MANAGED").write_text("")
    monkeypatch.setattr(sysconfig, "get_path", lambda _name: str(tmp_path))
    monkeypatch.setattr(sys, "base_prefix", sys.prefix)
    monkeypatch.setenv("PATH", str(tmp_path))  # no uv
    making = f"{sys.executable} -m venv .venv && .venv/bin/python -m pip install cv"
    assert install_command("cv", str(tmp_path)) == making
    (tmp_path / "EXTERNALLY-MANAGED").unlink()
    assert install_command("cv", str(tmp_path)) == f"{sys.executable} -m pip install cv"


def test_close_names_are_suggested_for_files_modules_and_attributes(serve: Serve, folder: Path) -> None:
    write(folder, {"helpers.py": ""})
    assert "did you mean 'helpers'" in failure(serve("import helper\n", "f"))["detail"]


def test_every_broken_entrypoint_is_reported_at_once(serve: Serve) -> None:
    code = "def invoke(a): ...\n"
    entries = [
        entry("agent.py", "invok"),
        entry("agnet.py", "f"),
        entry("agent.py", "invoke", input="chat", type="batch"),
    ]
    entries.append(entry("agent.py", "invoke.x"))
    error = failure(serve(code, entries))
    assert "did you mean 'invoke'" in error["detail"] and "did you mean agent.py" in error["detail"]
    pointers = [one["pointer"] for one in error["errors"]]
    assert pointers == [f"/agent_architecture/entrypoints/{n}" for n in (0, 1, 3)]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("def f(:\n", "SyntaxError"),
        ("import sys\nsys.exit(2)\n", "sys.exit(2)"),
        ("x = 1 / 0\n", "ZeroDivisionError"),
        ("raise KeyboardInterrupt\n", "KeyboardInterrupt"),
        ("f = 3\n", "cannot be called"),
    ],
)
def test_what_goes_wrong_in_an_import_fails_the_load_with_the_users_traceback(
    serve: Serve, code: str, said: str
) -> None:
    error = failure(serve(code, "f"))
    assert said in error["detail"]
    assert "runagent_worker" not in error.get("traceback", "") and "importlib" not in error.get("traceback", "")


def test_a_syntax_error_is_shown_with_a_caret(serve: Serve) -> None:
    assert "^" in failure(serve("def f(:\n", "f"))["traceback"]


def test_contradictions_name_file_and_line(serve: Serve) -> None:
    code = "\ndef f(): ...\ndef g(x: str): ...\n"
    error = failure(serve(code, [entry("agent.py", "f", type="batch"), entry("agent.py", "g", type="batch")]))
    assert "agent.py:2" in error["detail"] and "agent.py:3" in error["detail"]


def test_a_class_that_needs_arguments_is_refused_with_the_way_out(serve: Serve) -> None:
    error = failure(serve("class Agent:\n    def __init__(self, model): ...\n    def go(self): ...\n", "Agent.go"))
    assert "model" in error["detail"] and "agent.go" in error["hint"]


def test_types_slots_and_tags_are_read_from_the_functions(serve: Serve) -> None:
    code = "def f(): ...\nasync def g(): ...\ndef h(): yield 1\nasync def i(): yield 1\ndef j_stream(): ...\n"
    described = serve(code, "f g h i j_stream").load()[1]["entrypoints"]
    found = {one["tag"]: (one["type"], one["slots"]) for one in described}
    assert found == {
        "f": ("generic", 1),
        "g": ("async", 10),
        "h": ("generic_stream", 1),
        "i": ("generic_stream", 10),
        "j_stream": ("generic_stream", 1),
    }


def test_contacted_hosts_are_told_once_by_name(serve: Serve) -> None:
    code = """
        import socket
        def f():
            for _ in range(2):
                try: socket.create_connection(("api.example.invalid", 443), timeout=1)
                except OSError: pass
            try: socket.create_connection(("127.0.0.1", 9), timeout=1)
            except OSError: pass
    """
    server = serve(code, "f")
    connection = server.load()[0]
    server.invoke(connection, "f")
    seen = []
    while (frame := connection.next())[0] != "result":
        seen.append((frame[0], frame[2]))
    assert seen == [("host", b'{"host": "api.example.invalid", "port": 443}')]


def test_files_that_failed_to_load_are_watched(serve: Serve, folder: Path) -> None:
    write(folder, {"pkg/__init__.py": "from .sub import X\n", "pkg/sub.py": "def broken(:\n"})
    error = failure(serve("import pkg\n", "f"))
    assert {"agent.py", "pkg/__init__.py", "pkg/sub.py"} <= names(error["files"], folder)


def test_files_that_are_imported_later_or_not_there_yet_are_watched(serve: Serve, folder: Path) -> None:
    write(folder, {"late.py": "from deeper import (\n    a as b,\n    c)\n", "deeper.py": "a = c = 1\n"})
    code = (
        "import os, json\ntry: import optional\nexcept ImportError: ...\ndef f():\n    import late\n    return late.b\n"
    )
    files = names(serve(code, "f").load()[1]["files"], folder)
    assert {"agent.py", "late.py", "deeper.py", "optional.py"} <= files
    assert not any(name.startswith(("os", "json")) for name in files)


def test_a_missing_module_is_looked_for_where_its_package_would_be_installed(serve: Serve) -> None:
    missing = failure(serve("import nowhere.deep\n", "f"))["missing"]
    assert any("site-packages" in path and path.endswith("nowhere/__init__.py") for path in missing)


def test_two_saves_of_equal_length_within_one_second_are_told_apart(serve: Serve, folder: Path) -> None:
    cache = {"PYTHONPYCACHEPREFIX": str(folder / "cache"), "PYTHONDONTWRITEBYTECODE": ""}
    server = serve("import mod\ndef f(): return mod.V\n", "f", env=cache, flags=[])
    for value in (1, 2):
        write(folder, {"mod.py": f"V = {value}\n"})
        os.utime(folder / "mod.py", ns=(0, 1_700_000_000_000_000_000 + value * 10_000_000))
        assert answer(server, "f") == value


def names(files: list[str], folder: Path) -> set[str]:
    return {os.path.relpath(path, os.path.realpath(folder)) for path in files}
