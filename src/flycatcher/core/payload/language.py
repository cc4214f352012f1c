"""What the evaluator must know of a language: a declaration per language, found in ``languages/``."""

from __future__ import annotations

import importlib
from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Mapping, Sequence

    from flycatcher.core.payload.evaluator.folding import Fold
    from flycatcher.core.payload.evaluator.values import Value
    from flycatcher.core.payload.ir import Program
    from flycatcher.core.payload.source import Source

    Parser = Callable[[Source, int], Program]
    Special = Callable[[Sequence[Value], dict[str, Value]], Value | None]

PACKAGE = "flycatcher.core.payload.languages"
INDEX = f"{PACKAGE}._index"


class Starts(Struct, frozen=True):
    """How a function starts another program: ``kind`` says where the program and its words stand.

    ``text``: argument ``at`` is shell text; ``list``: it is a list of words; ``words``: the arguments from ``at`` on are the
    words, and one alone is shell text; ``exec``: the program, then its own words from argument 0 on (``execl``); ``pair``:
    the program, then a list of its words without argument 0 (node's spawn); ``vector``: the program, then a list with
    argument 0 (``execv``); ``popen``: text if ``shell`` is true, a program or a list otherwise. Others are one language's own:
    ``open`` (Perl), ``javaexec`` (split at blanks), ``julia`` (a command literal or several), ``tcl-open``, ``vim``, ``piped`` (a file, unless its name begins with a bar: Ruby);
    ``words-only``: the arguments are the words, even a single one.
    """

    kind: str
    at: int = 0


class Indirect(Struct, frozen=True):
    """How a function calls another one: ``func`` is the argument that names it (or a keyword), its arguments come from ``args``.

    ``kind``: ``rest`` (the arguments from ``args`` on), ``list`` (argument ``args`` is their list), ``items`` (each item of
    argument ``args`` is one call's only argument), ``lists`` (each item is the list of one call's arguments).
    """

    func: int | str
    args: int | str
    kind: str = "rest"


class Language(Struct, frozen=True):
    """One language."""

    id: str
    parse: Parser
    aliases: tuple[str, ...] = ()
    functions: Mapping[str, Fold] = {}
    methods: Mapping[str, Fold] = {}
    substitutes: Mapping[str, Callable[[str], re.Pattern[str]]] = {}
    """Functions and methods that replace what a pattern matches, by a text or a function, and how the pattern is read."""
    specials: Mapping[str, Special] = {}
    """Functions that give a name back: ``__import__``, ``getattr``, ``require``."""
    runs: Mapping[str, int] = {}
    """Functions that run an argument as code of this language, and which; -1: all of them, joined by blanks (Tcl's eval); -2: the last; -3: each of them."""
    code_keywords: frozenset[str] = frozenset()
    """Keywords by which those functions take such code: ``timeit(setup=...)``."""
    starts: Mapping[str, Starts] = {}
    weak: bool = False
    """Strings and numbers turn into each other."""
    indirect: Mapping[str, Indirect] = {}
    """Functions that call another one: ``call_user_func``, ``send``, ``Thread``."""
    delegates: Mapping[str, str] = {}
    """Functions that run their first argument as another language's code: gdb's ``python``, vim's ``lua``."""
    call_methods: frozenset[str] = frozenset()
    """Methods of functions that call them: ``call``, ``apply``."""
    given: Mapping[str, Value] = {}
    """Variables that have a value from the start."""
    global_roots: frozenset[str] = frozenset()
    """Names that only lead to the global names: ``builtins``, ``globalThis``, ``Kernel``."""
    self_attributes: frozenset[str] = frozenset()
    """Attributes that lead to the same object again: ``os.__dict__['system']``."""
    bound_by: frozenset[str] = frozenset()
    """Methods among :attr:`specials` that name a function of what they are called on: ``IO.method(:read)``."""
    text_names: bool = False
    """A string or symbol that is handed about may be a function's name (PHP, Ruby)."""
    any_case: bool = False
    writes_outside: bool = False
    """A function assigns to the variables around it (JavaScript, Ruby, Lua, Perl), not only to its own."""
    callable_text: bool = False
    """A string in the place of a function names one (PHP, Perl)."""

    @property
    def tolerant(self) -> bool:
        """Whether its reader is one of the tolerant ones, which do not always tell what calls what."""
        parse = getattr(self.parse, "func", self.parse)
        return str(parse.__module__).startswith(_TOLERANT)


_TOLERANT = "flycatcher.core.payload.frontends."
TEXT = Starts("text")


def starting(names: str, how: Starts = TEXT) -> dict[str, Starts]:
    """Return the table in which each of ``names`` (blank-separated) starts a program in the same way."""
    return dict.fromkeys(names.split(), how)


@cache
def languages() -> dict[str, Language]:
    """Return every language by its id and its aliases."""
    found: dict[str, Language] = {}
    for module in dict.fromkeys(_modules().values()):
        found.update(_declared(module))
    return found


@cache
def language_named(name: str) -> Language | None:
    """Return the language of this id or alias, loading its module alone; None for none."""
    module = _modules().get(name)
    return None if module is None else _declared(module)[name]


@cache
def _modules() -> dict[str, str]:
    """Return the module of every id and alias: from the generated index, or from the declarations themselves."""
    try:
        modules: dict[str, str] = importlib.import_module(INDEX).LANGUAGES
    except ModuleNotFoundError:
        return build()
    return modules


def build() -> dict[str, str]:
    """Make the index from the declarations; raises ValueError where two modules declare one name."""
    import pkgutil  # noqa: PLC0415 - not needed with the generated index

    package = importlib.import_module(PACKAGE)
    found: dict[str, str] = {}
    for module in pkgutil.iter_modules(package.__path__):
        if module.name.startswith("_"):
            continue
        path = f"{module.name}.language" if module.ispkg else module.name
        for name in _declared(path):
            if name in found:
                raise ValueError(f"{name} is declared in {found[name]} and in {path}")
            found[name] = path
    return found


def source() -> str:
    """Return the text of the index's file."""
    rows = "".join(f"    {name!r}: {module!r},\n" for name, module in sorted(build().items()))
    return f'"""Made by ``make index``; not to be edited."""\n\nLANGUAGES = {{\n{rows}}}\n'


@cache
def _declared(module: str) -> dict[str, Language]:
    """Return the languages that a module declares as ``LANGUAGE`` or ``LANGUAGES``, by their ids and aliases."""
    leaf = importlib.import_module(f"{PACKAGE}.{module}")
    declared: Sequence[Language] = getattr(leaf, "LANGUAGES", None) or (leaf.LANGUAGE,)
    return {name: found for found in declared for name in (found.id, *found.aliases)}
