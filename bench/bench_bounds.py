"""Seconds that the analysis takes for texts built to make it slow, by shape and language.

``python -m bench.bench_bounds [MEBIBYTES] [LANGUAGE ... | all]`` prints a Markdown table of the processor time of one analysis
each (default: 2 MiB, a language of each front end), the slowest shapes first. It takes some ten minutes, so that
``python -m bench`` leaves it out. The bounds themselves are counted in steps and hold in
``tests/payload/test_bounds.py``; this table says what those steps cost on one machine. The goal is one second a text.
"""

from __future__ import annotations

import base64
import gzip
import random
import sys
import time
import zlib
from typing import TYPE_CHECKING

from flycatcher.core.detection import nested
from flycatcher.core.payload import analyse
from flycatcher.core.payload.language import languages
from flycatcher.core.snippet import Snippet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GOAL = 1.0
"""Seconds of one text."""
FRONT_ENDS = (
    "python",
    "perl",
    "ruby",
    "javascript",
    "php",
    "lua",
    "shell",
    "powershell",
    "awk",
    "tcl",
    "emacs-lisp",
    "gdb",
    "m4",
    "tex",
    "sed",
)
"""A language of each reader of its own, or of each shared one."""
_PIECES = {
    "open parentheses": "(",
    "open brackets": "[",
    "open braces": "{",
    "nested parentheses": "()",
    "nested calls": "f(",
    "nested lists": "[1,",
    "quotes": '"',
    "apostrophes": "'",
    "backticks": "`",
    "triple quotes": '"""',
    "dollars": "$",
    "command substitutions": "$(",
    "parameter expansions": "${a:-",
    "here-documents": "cat <<E\n",
    "one here-document": "<<E\n",
    "negations": "-",
    "exclamation marks": "!",
    "backslashes": "\\",
    "slashes": "/",
    "stars": "*",
    "comments": "/*",
    "hashes": "#",
    "percents": "%",
    "angle brackets": "<",
    "pipes": "|",
    "tildes": "~",
    "blanks": " ",
    "lines": "\n",
    "carriage returns": "\r",
    "letters": "a",
    "digits": "9",
    "umlauts": "\u00e4",
    "lone surrogates": "\udcff",
    "zero bytes": "\0",
    "capital letters that grow": "\u0130",
    "sum of names": "a+",
    "sum of texts": "'a'+",
    "sum of double-quoted texts": '"a"+',
    "texts joined by dots": '"a".',
    "texts side by side": "'a' ",
    "members": "a.b",
    "arrows": "$a->b",
    "subscripts": "a[0]",
    "calls of calls": "f()",
    "assignments in a chain": "a=",
    "statements": "x=1;",
    "lines of statements": "x = 1\n",
    "calls": "f(1);",
    "lines of calls": 'f "a"\n',
    "command lines": "echo a b c\n",
    "commands": "ls;",
    "shells": "sh -c 'id';",
    "system calls": 'system("id");',
    "evals": 'eval("1");',
    "conditions": "if(a){b}else{c}",
    "loops": "for(;;){a}",
    "while loops of Python": "while x:\n x=x+'a'\n",
    "indented blocks": "if a:\n b\n",
    "functions": "function f(a){return a}",
    "functions of Python": "def f(a): return a\n",
    "functions of Perl": "sub f{1}",
    "functions of Ruby": "def f;1;end;",
    "lambdas": "lambda a:",
    "closures": "(a=>b)(",
    "templates": "${a}",
    "interpolations": '"#{a}"',
    "format strings": "f'{a}'",
    "heredocs of Perl": "<<A;\na\nA\n",
    "substitutions": "s/a/b/e;",
    "words": "qw(a b);",
    "regular expressions": "a=~/b/;",
    "awk programs": "{print $1}",
    "Tcl words": "set a [b {c}]\n",
    "Lisp forms": '(a "b" c)',
    "quoted forms": "'(",
    "base64 texts": "'cHJpbnQoMSk=',",
    "hexadecimal texts": "'7072696e742831290a',",
    "escapes": "\\x41",
    "escaped texts": "'\\x41\\x42',",
    "characters by number": "chr(65)+",
    "dots chr": "chr(65).",
    "addresses": "http://a/b ",
    "paths": "/home/a/.ssh/id_rsa ",
    "network paths": "/dev/tcp/1/2 ",
    "hints": "/dev/tcp ~/.ssh crontab ld.so.preload github_env ",
    "mark of unknown text": "\U000f0000",
    "PHP tags": "<?php a; ?>",
    "ERB tags": "<% a %>",
    "TeX commands": "\\directlua{a}",
    "m4 calls": "syscmd(a)",
    "make calls": "$(shell a)",
    "open TeX commands": "\\directlua{",
    "open m4 calls": "syscmd(",
    "open make calls": "$(shell ",
    "open percent calls": "%(",
    "Forth words": 's" a" system ',
    "bangs": "!a\n",
    "tabs": "\ta\n",
    "sed programs": "s/a/b/e\n",
    "open sed programs": "s,a",
    "SQL": "select 1;\n.shell a\n",
    "vim commands": "call a|",
    "gdb blocks": "python\na\nend\n",
    "open gdb blocks": "python\n",
    "PowerShell pipes": "a|b -c d;",
    "PowerShell texts": "@'\na\n'@\n",
    "PowerShell calls": "&('a'+'b')",
    "here-strings": '@"\n$a\n"@\n',
}
_HEX = "0123456789abcdef"


def shapes(size: int) -> Iterator[tuple[str, str]]:
    """Yield every shape's name with a text of ``size`` characters."""
    for name, piece in _PIECES.items():
        yield name, piece * (size // len(piece))
    yield from _single(size)
    yield from _random(size)
    yield from _loops()
    yield from _encoded(size)


def _single(size: int) -> Iterator[tuple[str, str]]:
    """One long literal, name, line or list, and nests that are closed."""
    yield "one text", '"' + "A" * size + '"'
    yield "one text with escapes", '"' + "\\x41" * (size // 4) + '"'
    yield "one text of base64", "eval(base64_decode('" + "QUFB" * (size // 4) + "'))"
    yield "one assignment of a long name", "a" * size + "=1"
    yield "one list of numbers", "a=[" + "1," * (size // 2) + "]"
    yield "one list of texts", "a=[" + "'ab'," * (size // 5) + "]"
    yield "one list of words", "a=(" + "b " * (size // 2) + ")"
    yield "one table", "a={" + "'b':1," * (size // 6) + "}"
    yield "one call of many arguments", "f(" + "a," * (size // 2) + ")"
    yield "parentheses closed", "(" * (size // 2) + ")" * (size // 2)
    yield "brackets closed", "[" * (size // 2) + "]" * (size // 2)
    yield "braces closed", "{" * (size // 2) + "}" * (size // 2)
    yield "substitutions closed", "$(" * (size // 3) + ")" * (size // 3)
    yield "many names", "".join(f"n{number}=1;" for number in range(size // 9))
    yield "many names on lines", "".join(f"n{number} = n{number // 2}\n" for number in range(size // 16))
    yield "many functions", "".join(f"def f{number}(a):\n return a\n" for number in range(size // 26))
    yield "many conditions", "".join(f"if(n{number}){{n{number}=1}}" for number in range(size // 22))
    yield "many imports", "".join(f"import m{number}\n" for number in range(size // 13))
    yield "stars imported", "from a import *\n" * 200 + "b\n" * (size // 2)
    yield "elif chain", "if a:\n b\n" + "elif a:\n b\n" * (size // 11)
    yield "else-if chain", "if(a){b}" + "else if(a){b}" * (size // 13)


def _random(size: int) -> Iterator[tuple[str, str]]:
    """Noise over three alphabets, always the same."""
    draw = random.Random(7)
    yield "noise of brackets", "".join(draw.choices("(){}[]", k=size))
    yield "noise of marks", "".join(draw.choices("abc(){}[]'\"`$;\n \\=+.,@#%|&<>", k=size))
    yield (
        "noise of words",
        " ".join(
            draw.choices(
                [
                    "if",
                    "for",
                    "do",
                    "end",
                    "def",
                    "a",
                    "b",
                    "=",
                    "(",
                    ")",
                    "{",
                    "}",
                    ";",
                    "'",
                    '"',
                    "|",
                    "<",
                    "<<E",
                    "\n",
                    "eval",
                ],
                k=size // 4,
            )
        ),
    )


def _loops() -> Iterator[tuple[str, str]]:
    """Short texts that would run for ever."""
    yield "loop that grows", "x='a'\nfor i in range(20000):\n  x=x+x\n"
    yield "loop that appends", "x='a'*100000\nfor i in range(20000):\n  x=x+'b'\n"
    yield "loop without end", "$i=0;while($i<100000000){$i++;$o.=chr($i);}"
    yield (
        "nested comprehensions",
        "[[[[a for a in range(20000)] for b in range(20000)] for c in range(20000)] for d in range(9)]",
    )
    yield "recursion", "f=lambda x:f(x)+f(x)+f(x)+f(x)\nf(1)"
    yield "large numbers", "9**9**9**9;'a'*10**9;'%9999999d'%1;'{:>99999999}'.format(1)"
    yield "decoding of a long text again and again", "import base64\nx='QUFB'*400000\n" + "base64.b64decode(x)\n" * 9000
    yield "replacing in a long text again and again", "x='ab'*900000\n" + "x.replace('a','cd')\n" * 9000
    yield "a long text read again and again", "x='/dev/tcp '*200000\n" + "f(x)\n" * 9000
    yield "a long list joined again and again", "x=['a']*60000\n" + "''.join(x)\n" * 9000
    yield "splitting a long text again and again", "x='a '*900000\n" + "x.split()\n" * 9000
    yield (
        "escapes of a long text again and again",
        "x='\\\\x41'*400000\n" + "x.encode().decode('unicode_escape')\n" * 5000,
    )


def _encoded(size: int) -> Iterator[tuple[str, str]]:
    """Texts in layers of encodings."""
    inner = "import os\n" + "x = 1\n" * (size // 32)
    yield "base64 in base64", _wrapped(inner, 6, lambda data: ("base64.b64decode", base64.b64encode(data)))
    yield (
        "zlib in zlib",
        _wrapped(
            "x=1\n" * (size // 3),
            1,
            lambda data: ("zlib.decompress(base64.b64decode", base64.b64encode(zlib.compress(data))),
        ),
    )
    yield (
        "gzip bomb",
        _wrapped(
            " " * (size * 30),
            1,
            lambda data: ("gzip.decompress(base64.b64decode", base64.b64encode(gzip.compress(data))),
        ),
    )
    yield "many different payloads", "".join(f"exec('y = {number}\\n' * 9000)\n" for number in range(200))
    yield "many shells", "".join(f"sh -c 'echo {number}; exec sh -c \"id {number}\"'\n" for number in range(size // 48))
    yield "many programs", "".join(f"python3 -c 'print({number})'\n" for number in range(size // 30))


def _wrapped(text: str, times: int, step: Callable[[bytes], tuple[str, bytes]]) -> str:
    for _ in range(times):
        function, data = step(text.encode())
        text = f"import base64,zlib,gzip\nexec({function}('{data.decode()}')" + ")" * function.count("(") + ")\n"
    return text


def seconds(text: str, language: str) -> float:
    """Return the processor time of one analysis."""
    began = time.process_time()
    analyse(Snippet(interpreter=language, language=language, vector="argument", text=text), nested=nested)
    return time.process_time() - began


def main() -> None:
    """Print the table."""
    words = sys.argv[1:]
    size = int(float(words.pop(0)) * 1024 * 1024) if words and words[0].replace(".", "").isdecimal() else 2 << 20
    every = sorted({language.id for language in languages().values()})
    wanted = every if words == ["all"] else words or FRONT_ENDS
    rows = []
    for language in wanted:
        seconds("true", language)  # parsers and rules are loaded before the clock runs
        rows += [(seconds(text, language), language, name) for name, text in shapes(size)]
    rows.sort(reverse=True)
    over = sum(row[0] > GOAL for row in rows)
    print(
        f"{len(rows)} texts of {size} characters, {over} over {GOAL} s\n\n| seconds | language | shape |\n| --- | --- | --- |"
    )
    for taken, language, name in rows[: max(40, over)]:
        print(f"| {taken:.2f} | {language} | {name} |")


if __name__ == "__main__":
    main()
