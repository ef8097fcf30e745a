"""One entrypoint's way to its adapter: the object itself, its method, or a class or function that makes it.

What is recognised and does not fit, because its version was never seen or it only looks like one, is called as a plain
callable, and a note says so: it never breaks the load.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from ..binding import CHAT_SCHEMA
from ..loading import LoadError
from ..missing import close_to
from ..problems import Fault, class_name, message_of
from ..resolve import Target, check_constructor
from .factory import Factory
from .known import Known, is_own, qualified_name, with_version
from .methods import framework_method
from .port import Adapted, Unfit
from .returns import returned_classes


class Around(NamedTuple):
    """Where the entrypoint was found."""

    module: Any
    note: Callable[[str], None]


class Misfit(NamedTuple):
    kind: type
    adapter: str
    reason: str


class Recognition:
    def __init__(self, known: Known, spec: dict[str, Any], around: Around) -> None:
        self._known = known
        self._spec = spec
        self._around = around
        self._wanted: str | None = spec.get("adapter")

    def of(self, target: Target) -> Adapted | Target:
        """Raises LoadError."""
        self._check_wanted()
        if target.owner is not None or inspect.isclass(target.value):
            found = self._of_class(target)
        else:
            found = self._of_object(target) or self._of_user(target.value) or self._of_function(target.value)
        if found is None:
            self._refuse_helper(target)
            self._refuse_method(target)
        self._check_config_keys(found)
        return found or target

    def _check_wanted(self) -> None:
        names = self._known.names()
        if self._wanted is not None and self._wanted not in names:
            close = close_to(self._wanted, names)
            hint = f"Did you mean `{close}`?" if close else f"There are: {', '.join(sorted(names))}, none."
            raise LoadError(f"{self._spec['module']}: there is no adapter {self._wanted!r}", hint=hint)

    def _check_config_keys(self, found: Adapted | Target | None) -> None:
        """Nobody else would look at them."""
        taken = isinstance(found, Adapted) and getattr(self._known.module(found.name), "CONFIG_KEYS", False)
        if self._spec.get("config_keys") and not taken:
            detail = f"{self._spec['module']}: `config_keys` are for graphs of LangGraph and chains of LangChain"
            raise LoadError(detail, hint="Take them out; a function's own parameters are its input.")

    def _of_object(self, target: Target) -> Adapted | Target | None:
        for value, verb in _readings(target):
            found = self._known.find(type(value))
            name = self._wanted or found.adapter
            if name is None and found.near is not None and found.strange is not None:
                return self._strange(target, value, verb, found.near, found.strange)
            if name is None or (verb is not None and verb not in self._known.module(name).VERBS):
                continue
            if found.strange is not None and self._wanted is None:
                self._note(f"is a {with_version(found.strange)}, which is not known here: it is called as {name}")
            try:
                return self._told(self._adapted(name, value, verb))
            except Unfit as error:
                return self._plainly(target, value, verb, Misfit(type(value), name, str(error)))
        return None

    def _strange(self, target: Target, value: Any, verb: str | None, near: str, strange: type) -> Target | None:
        if verb is not None and verb not in self._known.module(near).VERBS:
            return None
        why = "is one of your own, of the same name" if is_own(strange) else "is not known here"
        return self._plainly(target, value, verb, Misfit(strange, near, f"that class {why}"))

    def _adapted(self, name: str, value: Any, verb: str | None) -> Adapted:
        """Raises Unfit."""
        module = self._known.module(name)
        missing = [need for need in getattr(module, "NEEDS", ()) if not hasattr(value, need)]
        if missing:
            raise Unfit(f"it has no {', '.join(f'`{one}`' for one in missing)}")
        try:
            return module.adapt(value, verb, self._spec)
        except (Unfit, Fault):
            raise
        except Exception as error:  # of a version never seen, which has not what the adapter reads
            raise Unfit(f"{class_name(error)}: {message_of(error)}") from error

    def _told(self, adapted: Adapted) -> Adapted:
        for note in adapted.notes:
            self._note(note)
        return adapted

    def _plainly(self, target: Target, value: Any, verb: str | None, why: Misfit) -> Target:
        found = target
        if verb is None and not callable(value):
            methods = self._known.module(why.adapter).VERBS
            method = next((one for one in methods if callable(getattr(value, one, None))), "")
            found = Target(getattr(value, method), parent=value, verb=method) if method else target
        how = f"its `{found.verb}` is called as a plain function" if found.verb else "it is called as a plain function"
        self._note(f"is a {with_version(why.kind)}, but the adapter {why.adapter} does not fit ({why.reason}): {how}")
        return found

    def _of_class(self, target: Target) -> Adapted | None:
        """A class of a framework, or a method of a class that makes one: one instance per worker."""
        owner = target.owner or target.value
        name = self._wanted or self._known.find(owner).adapter
        path = target.path
        if name is not None and (not path or (len(path) == 1 and path[0] in self._known.module(name).VERBS)):
            if target.owner is None:
                check_constructor(owner, self._spec["module"], self._spec["file"])
            return self._making(name, owner, path[0] if path else None)
        if target.owner is None or len(path) != 1 or not inspect.isroutine(target.value):
            return None
        name = self._made_by(target.value)

        def make() -> Any:
            return getattr(owner(), path[0])()

        return self._making(name, make, None) if name is not None else None

    def _of_user(self, function: Any) -> Adapted | None:
        """A function whose file uses a framework that has functions and no agent objects."""
        name = self._known.used_by(function) if inspect.isroutine(function) else None
        try:
            return self._adapted(name, function, None) if name is not None else None
        except Unfit as error:
            self._note(f"uses a version of {name} that is not known here ({error}): it is called as a plain function")
            return None

    def _of_function(self, function: Any) -> Adapted | None:
        """A function without parameters that returns a recognised object, as it or its source says; or the config."""
        if not inspect.isroutine(function):
            return None
        try:
            parameters = inspect.signature(function).parameters.values()
        except (TypeError, ValueError):
            return None  # of C code: what it takes cannot be read, and binding says so
        if any(p.default is p.empty for p in parameters):
            return None
        name = self._made_by(function) or self._wanted
        return self._making(name, function, None) if name is not None else None

    def _made_by(self, function: Any) -> str | None:
        names = (self._known.find(made).adapter for made in returned_classes(function))
        return next((name for name in names if name is not None), None)

    def _making(self, name: str, make: Callable[[], Any], verb: str | None) -> Adapted:
        def adapt(value: Any) -> Adapted | None:
            known = self._known.find(type(value)).adapter
            found = self._wanted or known
            try:
                return self._adapted(found, value, verb) if found is not None else None
            except Unfit:
                if known is not None:
                    raise
                return None  # perhaps what it yields, when it is entered

        factory = Factory(make, adapt, self._spec.get("factory") == "run")
        shape, schema = ("chat", CHAT_SCHEMA) if self._spec.get("input") == "chat" else ("object", {})
        on_loop = getattr(self._known.module(name), "ON_LOOP", True)
        return Adapted(name, lambda: factory, shape=shape, input_schema=schema, on_loop=on_loop, close=factory.close)

    def _refuse_helper(self, target: Target) -> None:
        """What runs an agent and is none. Raises LoadError with the object to name."""
        for thing in (target.value, target.owner, type(target.value), type(target.parent)):
            adapter = self._known.family(thing) if thing is not None else None
            helpers = getattr(self._known.module(adapter), "HELPERS", {}) if adapter is not None else {}
            name = qualified_name(thing)
            instead = next((said for helper, said in helpers.items() if f"{name}.".startswith(f"{helper}.")), None)
            if instead is not None:
                spec, there = self._spec, self._objects(adapter)
                hint = f'Name {instead}: "module": "{there[0]}".' if there else f"Name {instead}."
                raise LoadError(f"{spec['file']}: {spec['module']} runs an agent and is none", hint=hint)

    def _refuse_method(self, target: Target) -> None:
        """A framework's own method that is no verb: it may take configuration as input. Raises LoadError."""
        method = framework_method(target, self._known)
        if method is None or self._spec.get("type") == "batch":  # a list is no configuration
            return
        found = self._known.find(method.kind)
        name = self._wanted or found.adapter or found.near
        if name is None:
            return
        verbs = self._known.module(name).VERBS
        if method.name in verbs or method.name == "__call__":
            return
        said = f", or its {' or '.join(f'`{one}`' for one in verbs)}" if verbs else ""
        hint = f"Name the object itself{said}; or a function of your own around `{method.name}`."
        detail = f"{self._spec['file']}: {self._spec['module']} is a method of {name} that no adapter calls"
        raise LoadError(detail, hint=hint)

    def _objects(self, adapter: str | None) -> list[str]:
        values = vars(self._around.module).items()
        return [name for name, value in values if self._known.find(type(value)).adapter == adapter]

    def _note(self, text: str) -> None:
        self._around.note(f"{self._spec['tag']}: {self._spec['module']} {text}")


def _readings(target: Target) -> Iterator[tuple[Any, str | None]]:
    """The named value as an object, then as the method of one."""
    if not inspect.isroutine(target.value):
        yield target.value, None
    elif target.verb is not None and not inspect.ismodule(target.parent):
        yield target.parent, target.verb
    else:
        bound = getattr(target.value, "__self__", None)
        if bound is not None:
            yield bound, getattr(target.value, "__name__", "")
