"""What the mutation tests change: every kind once, and nothing that is no program."""

import ast

import pytest

from tests.mutants.operators import mutants_of, mutated


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("a == b", {"a != b"}),
        ("a not in b", {"a in b"}),
        ("a < b < c", set()),
        ("a and b", {"a or b", "(a)"}),
        ("not a", {"(a)"}),
        ("x = 3", {"x = (3 + 1)"}),
        ("x = True", {"x = False"}),
        ("x = 'ä' + 'b'", {"x = 'ä' - 'b'"}),
        ('x = ("ä", "b", "c")', {'x = ("b", "c")', 'x = ("ä", "c")'}),
        ("if a:\n    f()", {"if True:\n    f()", "if False:\n    f()", "if a:\n    pass"}),
        ("def f() -> int:\n    'Text.'\n    return g", {"def f() -> int:\n    'Text.'\n    return None"}),
        ("x: dict[int, 'a | b'] = y", set()),
        ("if TYPE_CHECKING:\n    import a", set()),
        ("__all__ = ('a', 'b')", set()),
    ],
)
def test_each_kind_of_change(source: str, changed: set[str]) -> None:
    bare = {text for text in (mutated(source, mutant) for mutant in mutants_of(source)) if text != "pass"}
    assert bare == changed
    for text in bare:
        ast.parse(text)
