"""The languages: one module each, found without a central list, loaded one by one."""

import subprocess
import sys

import pytest

from flycatcher.core.payload import language
from flycatcher.core.payload.language import language_named, languages

from .helpers import capabilities

ONE = "from flycatcher.core.payload.frontends import clike\nfrom flycatcher.core.payload.language import Language, starting\n"
DECLARED = (
    ONE
    + "LANGUAGE = Language(id={0!r}, aliases=({1!r},), parse=lambda source, nodes: clike.parse(source, nodes, clike.Dialect()),"
    " starts=starting('launch'))\n"
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder beside the languages' own."""
    from flycatcher.core.payload import languages as package  # noqa: PLC0415

    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    monkeypatch.setattr(language, "INDEX", "flycatcher.no_index")
    for cached in (language.languages, language.language_named, language._modules):
        cached.cache_clear()
    yield tmp_path
    for cached in (language.languages, language.language_named, language._modules, language._declared):
        cached.cache_clear()
    for name in [name for name in sys.modules if name.startswith(f"{language.PACKAGE}.zz_")]:
        del sys.modules[name]


def test_an_alias_loads_its_own_module_alone():
    script = (
        "import sys; from flycatcher.core.payload.language import language_named as n; assert n('lldb').id == 'gdb';"
        "print(*sorted(m.rpartition('.')[2] for m in sys.modules if m.startswith('flycatcher.core.payload.languages.')))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["_index", "gdb"]


def test_every_id_and_alias_leads_to_the_language_that_declares_it():
    for name, found in languages().items():
        assert language_named(name) is found
        assert name in (found.id, *found.aliases)


def test_a_name_that_no_language_declares_leads_to_none():
    assert language_named("befunge") is None


def test_a_language_is_one_file(folder):
    (folder / "zz_one.py").write_text(DECLARED.format("zz-one", "zz1"))
    assert language_named("zz1").id == "zz-one"
    assert "process.spawn" in capabilities('launch("ls")', "zz1")


def test_two_modules_that_declare_one_name_are_refused(folder):
    (folder / "zz_one.py").write_text(DECLARED.format("zz-one", "zz1"))
    (folder / "zz_two.py").write_text(DECLARED.format("zz-two", "zz1"))
    with pytest.raises(ValueError, match=r"zz1 is declared in zz_one and in zz_two"):
        language.build()
