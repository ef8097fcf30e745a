"""What Python files say at their top level, told without importing any of them.

Run alone (`python -I -S outline.py`): reads `{"root": …, "files": […]}` on stdin, writes one outline a file, as JSON,
to stdout. An expression is `["name", n]`, `["member", of, n]`, `["call", of]`, `["pipe", [parts]]`, else null.
The shape of an outline is `Outline` in `packages/server/src/build/discover/outline.ts`.
"""

from __future__ import annotations

import ast
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any, Union

Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]
Json = dict[str, Any]

_MODEL = re.compile(r"^([a-z][a-z0-9_-]{1,20})[:/][\w.:/-]+$")


def main() -> None:
    work = json.load(sys.stdin)
    outlines = [outline(work["root"], file) for file in work["files"]]
    json.dump(outlines, sys.stdout)


def outline(root: str, file: str) -> Json:
    found: Json = {"file": file, "imports": {}, "definitions": [], "functions": [], "classes": [], "calls": []}
    found.update(variables=[], models=[], error=None)
    try:
        with open(os.path.join(root, file), "rb") as opened:
            tree = ast.parse(opened.read(), file)
        _fill(found, tree)
    except SyntaxError as error:
        found["error"] = {"line": error.lineno or 1, "message": error.msg}
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        found["error"] = {"line": 1, "message": str(error)}
    return found


def _fill(found: Json, tree: ast.Module) -> None:
    for statement in _top_level(tree.body):
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            found["imports"].update(_imports(statement))
        elif isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found["functions"].append(_function(statement))
        elif isinstance(statement, ast.ClassDef):
            found["classes"].append(_class(statement))
        elif isinstance(statement, ast.Expr):
            found["calls"].extend(_calls(statement.value))
        else:
            found["definitions"].extend(_definitions(statement))
            found["calls"].extend(_given(statement))
    for node in ast.walk(tree):
        found["variables"].extend(_variables(node))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _MODEL.match(node.value):
            found["models"].append(node.value)


def _top_level(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Also what stands in `if`, `try` and `with`; not what only runs as a program, nor what only types see."""
    for statement in body:
        if isinstance(statement, ast.If):
            if not _only_as_program(statement.test):
                yield from _top_level([*statement.body, *statement.orelse])
        elif isinstance(statement, ast.Try):
            yield from _top_level([*statement.body, *(s for h in statement.handlers for s in h.body)])
            yield from _top_level([*statement.orelse, *statement.finalbody])
        elif isinstance(statement, (ast.With, ast.AsyncWith)):
            yield from _top_level(statement.body)
        else:
            yield statement


def _only_as_program(test: ast.expr) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "__name__" for node in ast.walk(test))


def _imports(statement: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, Json]]:
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            name = alias.name if alias.asname else alias.name.partition(".")[0]
            yield alias.asname or name, {"module": name, "name": None}
        return
    module = "." * statement.level + (statement.module or "")
    for alias in statement.names:
        yield alias.asname or alias.name, {"module": module, "name": alias.name}


def _definitions(statement: ast.stmt) -> Iterator[Json]:
    if isinstance(statement, ast.Assign):
        for target in statement.targets:
            if isinstance(target, ast.Name):
                yield _definition(target.id, statement, statement.value, None)
    elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        yield _definition(statement.target.id, statement, statement.value, statement.annotation)


def _definition(name: str, at: ast.stmt, value: ast.expr | None, hint: ast.expr | None) -> Json:
    uses = [] if value is None else _names(value)
    return {"name": name, "line": at.lineno, "value": _expression(value), "hint": _hint(hint), "uses": uses}


def _calls(value: ast.expr) -> Iterator[Json]:
    """`builder.add_node("child", child)`: what `builder` is made of, too."""
    value = value.value if isinstance(value, ast.Await) else value
    if not isinstance(value, ast.Call):
        return
    on: ast.expr = value
    while isinstance(on, (ast.Call, ast.Attribute)):
        on = on.func if isinstance(on, ast.Call) else on.value
    if isinstance(on, ast.Name):
        yield {"on": on.id, "value": _expression(value), "uses": [name for name in _names(value) if name != on.id]}


def _given(statement: ast.stmt) -> Iterator[Json]:
    """`triage.handoffs = [billing]`."""
    for target in statement.targets if isinstance(statement, ast.Assign) else []:
        if (
            isinstance(target, ast.Attribute)
            and isinstance(target.value, ast.Name)
            and isinstance(statement, ast.Assign)
        ):
            yield {"on": target.value.id, "value": None, "uses": _names(statement.value)}


def _function(node: Function) -> Json:
    return {
        "name": node.name,
        "line": node.lineno,
        "needs": _needs(node.args),
        "async": isinstance(node, ast.AsyncFunctionDef),
        "generator": any(isinstance(one, (ast.Yield, ast.YieldFrom)) for one in _own(node)),
        "decorators": [_expression(one) for one in node.decorator_list],
        "returns": [_expression(value) for value in _returned(node)],
        "hint": _hint(node.returns),
        "locals": [one for inner in _own(node) if isinstance(inner, ast.stmt) for one in _definitions(inner)],
        "uses": _names(*node.body),
    }


def _needs(arguments: ast.arguments) -> list[str]:
    """Parameters without a default."""
    positional = [*arguments.posonlyargs, *arguments.args]
    required = positional[: len(positional) - len(arguments.defaults)]
    keywords = [one for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults) if default is None]
    return [one.arg for one in [*required, *keywords]]


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """Everything in a function but what stands in functions and classes inside it."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            yield from _own(child)


def _returned(node: Function) -> Iterator[ast.expr]:
    for one in _own(node):
        if isinstance(one, (ast.Return, ast.Yield)) and one.value is not None:
            yield one.value


def _class(node: ast.ClassDef) -> Json:
    methods = [one for one in node.body if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef))]
    made = next((one for one in methods if one.name == "__init__"), None)
    return {
        "name": node.name,
        "line": node.lineno,
        "bases": [_expression(_plain(one)) for one in node.bases],
        "decorators": [_expression(one) for one in node.decorator_list],
        "methods": [_function(one) for one in methods if not one.name.startswith("__")],
        "needs": [] if made is None else _needs(made.args)[1:],
        "attributes": [] if made is None else [*_attributes(made)],
        "locals": [] if made is None else _function(made)["locals"],
        "uses": [name for one in methods for name in _names(*one.body)],
    }


def _attributes(made: Function) -> Iterator[Json]:
    """`self.app = graph.compile()` of a constructor."""
    for one in _own(made):
        if isinstance(one, ast.Assign):
            for target in one.targets:
                if isinstance(target, ast.Attribute) and _last_name(target.value) == "self":
                    yield _definition(target.attr, one, one.value, None)


def _plain(node: ast.expr) -> ast.expr:
    """`Flow[State]` is a `Flow`."""
    return node.value if isinstance(node, ast.Subscript) else node


def _hint(node: ast.expr | None) -> Any:
    """The class that an annotation names: of `AsyncIterator[X]`, `Optional[X]` and `"X"` it is X."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            node = ast.parse(node.value, mode="eval").body
        except (SyntaxError, ValueError):
            return None
    if isinstance(node, ast.Subscript):
        name = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
        inner = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
        return (
            _hint(inner)
            if re.search(r"Iterator|Generator|Optional|Awaitable|Coroutine|Final", name)
            else _hint(node.value)
        )
    return _expression(node)


def _expression(node: ast.AST | None) -> Any:
    if isinstance(node, ast.Name):
        return ["name", node.id]
    if isinstance(node, ast.Attribute):
        return ["member", _expression(node.value), node.attr]
    if isinstance(node, ast.Call):
        return ["call", _expression(node.func)]
    if isinstance(node, (ast.Await, ast.NamedExpr, ast.Subscript)):
        return _expression(node.value)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return ["pipe", [_expression(node.left), _expression(node.right)]]
    return None


def _names(*nodes: ast.AST) -> list[str]:
    walked = (one for node in nodes for one in ast.walk(node))
    return sorted({one.id for one in walked if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)})


def _variables(node: ast.AST) -> Iterator[str]:
    """`os.environ["X"]`, `os.environ.get("X")`, `os.getenv("X")`, and the same of `from os import …`."""
    if isinstance(node, ast.Subscript) and _last_name(node.value) == "environ":
        key: ast.AST | None = node.slice if isinstance(node.ctx, ast.Load) else None
    elif isinstance(node, ast.Call) and node.args:
        func = node.func
        gets = isinstance(func, ast.Attribute) and func.attr == "get" and _last_name(func.value) == "environ"
        key = node.args[0] if gets or _last_name(func) == "getenv" else None
    else:
        key = None
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        yield key.value


def _last_name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


if __name__ == "__main__":
    main()
