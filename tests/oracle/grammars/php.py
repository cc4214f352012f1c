"""The command lines of php, php-cgi and phpdbg."""

from __future__ import annotations

import base64
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.oracle.harness import STDIN, Case, Grammar, Marks, which

if TYPE_CHECKING:
    import random

SHELL = "echo {n} >>$FC_MARK"
CODE = 'file_put_contents(getenv("FC_MARK"),"{n}\\n",8);'
LONG = (
    "--run --file --process-begin --process-end --process-code --process-file --define --php-ini --syntax-check --strip"
)
LONG += " --interactive --info --version --help --modules --no-php-ini --no-header --syntax-highlight --ini --rf --rc"
FILES = (
    "f.php",
    "./f.php",
    "nothing.php",
    "",
    "-",
    *STDIN,
    "/dev/fd/0/",
    "php://stdin",
    "/dev/stdin",
    "file:///dev/stdin",
    "file://localhost/dev/stdin",
)

_DEVICE = re.compile(r"/dev/|/proc/|php://fd|sendmail_path|-[^rRBE]*a|--interactive")
"""What WebAssembly has in another way: descriptors, programs, terminals."""


def page(code: str) -> str:
    """Return code as a file holds it."""
    return f"<?php {code} ?>\n"


class Php(Grammar):
    """php: -r, -B/-R/-F/-E, files, stdin, what the configuration includes."""

    id = "php"
    template = CODE
    share = 0.8
    refusal = re.compile(
        r"Usage:|Could not open input file|Either execute direct code|You can use -|only works for files|requires the readline"
        r"|No input file specified|Parse error|Security Alert|Out of memory|preload_user|Failed loading"
        r"|Fatal error(?:</b>)?: +Failed opening"
        r"|Could not startup|ValueError|No such device|Unable to create lock file"
    )

    def refused(self, code: int, printed: str) -> bool:
        """Tell whether PHP refused the line, or the text had no meaning to it."""
        del code
        return self.refusal.search(printed) is not None

    def programs(self) -> list[str]:
        """Return the command line program."""
        return which("php")

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make options, a program and arguments; now and then a soup."""
        del program
        case = _start(rng, marks, "php")
        soup = rng.random() < 0.2
        for _ in range(rng.randrange(1, 6) if soup else rng.choice((0, 0, 1, 1, 2))):
            case.argv += [_soup(rng, marks, "acCdeEfFBhilmnqrRswvzHtg?-S:")] if soup else _option(rng, marks, case)
        if not soup:
            case.argv += _program(rng, marks)
        case.argv += rng.choice(([], [], [], ["-r", marks()], ["--", "-r", marks()], [marks()], ["f.php"]))
        if any(re.match(r"-[^rRBEFfcdzStg-]*a|--interactive", word) for word in case.argv) and "--" not in case.argv:
            case.stdin_text = re.sub(r"<\?php |\?>", "", case.stdin_text)
        if any(re.match(r"-[^rRBEFfcdztg-]*S|--server", word) for word in case.argv):
            return Case(["php", "-v"])
        return case


class PhpVersions(Php):
    """The same on php 7.4 to 8.5, which npm has as WebAssembly: no other descriptors and no terminal there."""

    id = "php_wasm"
    share = 0.01

    def programs(self) -> list[str]:
        """Return the versions that were fetched from npm."""
        fetched = Path(os.environ.get("FLYCATCHER_PROGRAMS", Path.home() / ".cache" / "flycatcher-programs"))
        return sorted(str(path) for path in fetched.glob("php-wasm/bin/php*"))

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make a line that such a program can be given."""
        case = super().case(rng, marks, program)
        case.argv0 = case.renamed = ""
        if case.stdin in ("tty", "socket"):
            case.stdin = "pipe"
        if case.descriptor_text or any(_DEVICE.search(word) for word in case.argv):
            return self.case(rng, marks, program)
        return case


class PhpCgi(Grammar):
    """php-cgi: as php, and requests in the environment."""

    id = "php_cgi"
    template = CODE
    share = 0.4
    refusal = Php.refusal
    refused = Php.refused

    def programs(self) -> list[str]:
        """Return the CGI program."""
        return which("php-cgi")

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make options and a file, in or out of a request."""
        del program
        case = _start(rng, marks, "php-cgi")
        case.argv += ["-d", "opcache.lockfile_path=."]  # it may write nowhere else
        soup = rng.random() < 0.2
        for _ in range(rng.randrange(1, 5) if soup else rng.choice((0, 1, 1, 2))):
            case.argv += [_soup(rng, marks, "aCcdefhilmnqswvzT?:")] if soup else _option(rng, marks, case)
        url = "data:," + page(marks())
        case.argv += rng.choice(
            (
                [],
                [],
                [rng.choice(FILES)],
                ["-f", rng.choice(FILES)],
                ["--", rng.choice(FILES)],
                ["-T", "2"],
                [url],
                ["-f" + url],
            )
        )
        if rng.random() < 0.5:
            _request(rng, case)
        return case


class PhpDbg(Grammar):
    """phpdbg: commands from stdin and from init files, programs by descriptor."""

    id = "phpdbg"
    template = CODE
    share = 0.3
    refusal = re.compile(
        r"Could not open|Failed to compile|Nothing to execute|Parse error|No such device|Command not found|Failed to open"
    )
    refused = Php.refused

    def programs(self) -> list[str]:
        """Return the debugger."""
        return which("phpdbg")

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make options and a file; stdin holds commands, or a program where ``-s`` says so."""
        del program
        case = _start(rng, marks, "phpdbg")
        case.files["init"] = f"ev {marks()}\n"
        options = (
            ["-q"],
            ["-b"],
            ["-e"],
            ["-n"],
            ["-I"],
            ["-x"],
            ["-E"],
            ["-Z"],
            ["-S", "x"],
            ["-d", "x=1"],
            ["-qb"],
            ["--junk"],
        )
        runs = (["-r"], ["-rr"], ["-qrr"], ["-r", "-r"], ["--run"], [], [], [])
        for _ in range(rng.randrange(3)):
            case.argv += rng.choice(options)
        case.argv += rng.choice(runs)
        inits = (
            ["-i", "init"],
            ["-iinit"],
            ["-i", "/dev/stdin"],
            ["-h"],
            ["-V"],
            ["-p"],
            ["--version"],
            [],
            [],
            [],
            [],
            [],
            [],
            [],
            [],
        )
        case.argv += rng.choice(inits)
        case.argv += rng.choice(
            ([], ["f.php"], ["/dev/stdin"], ["--", "f.php"], ["-s="], ["-sEOF"], ["-s", "EOF"], ["nothing"])
        )
        text = marks()
        if "/dev/stdin" in case.argv[-1:] and case.stdin == "file" and not re.search(r"-q?r", " ".join(case.argv)):
            case.stdin_text = f"ev {text}\n"
        elif "-s=" in case.argv or "/dev/stdin" in case.argv[-1:]:
            case.stdin_text = page(text)
        elif "EOF" in case.argv or "-sEOF" in case.argv:
            case.stdin_text = f"{page(text)}EOF\nrun\nq\n"
        else:
            case.stdin_text = f"ev {text}\n"
        if "-i" in case.argv and case.argv[case.argv.index("-i") + 1] == "/dev/stdin":
            case.argv = [word for word in case.argv if word not in ("-s=", "-sEOF", "-s", "EOF")]
            case.stdin_text = f"ev {text}\n"
        return case


def _start(rng: random.Random, marks: Marks, name: str) -> Case:
    """Return a case with a file, stdin and variables."""
    case = Case([name], files={"f.php": page(marks()), "my.ini": "x=1\n"})
    if rng.random() < 0.7:
        case.stdin = rng.choice(("pipe", "file", "tty", "socket"))
        case.stdin_text = page(marks())
    if rng.random() < 0.1:
        case.descriptor_text = page(marks())
    if rng.random() < 0.1:
        case.env[rng.choice(("PHPRC", "PHP_INI_SCAN_DIR"))] = rng.choice(("", ".", "my.ini", "nowhere", ":."))
    if rng.random() < 0.04:
        case.renamed = rng.choice(("sshd", "python3"))
    if rng.random() < 0.1:
        case.argv0 = rng.choice(("sshd", "perl", "-php"))
    return case


def _soup(rng: random.Random, marks: Marks, letters: str) -> str:
    """Return a word that may be anything."""
    kind = rng.random()
    if kind < 0.6:
        cluster = "-" + "".join(rng.choice(letters) for _ in range(rng.randrange(1, 4)))
        return cluster + (
            rng.choice(("", "=")) + marks()
            if rng.random() < 0.4 and re.match(r"-[^cdfFBErRztgST]*[rRBE]$", cluster)
            else ""
        )
    if kind < 0.8:
        return marks()
    return rng.choice((*FILES, "--", "-", *LONG.split()))


def _option(rng: random.Random, marks: Marks, case: Case) -> list[str]:
    """Return one option; half of them configure what is included."""
    if rng.random() < 0.04:
        return [
            "-d",
            "include_path=" + rng.choice(("/dev/fd", "'/x:/dev/fd'")),
            "-d",
            "auto_prepend_file=" + rng.choice("01"),
        ]
    if rng.random() < 0.03:
        return ["-d", f"sendmail_path={marks(SHELL)} #", *rng.choice((["-r", "mail('a','b','c');"], ["-r", "1;"]))]
    if rng.random() < 0.5:
        return _included(rng, marks, case)
    plain = (
        ["-n"],
        ["-q"],
        ["-C"],
        ["-e"],
        ["-H"],
        ["-nq"],
        ["-d", "x=1"],
        ["-dx"],
        ["-c", "."],
        ["-cmy.ini"],
        ["--no-header"],
    )
    rare = (
        ["-l"],
        ["-s"],
        ["-w"],
        ["-i"],
        ["-m"],
        ["-v"],
        ["-a"],
        ["--ini"],
        ["--rf", "x"],
        ["-z", "x.so"],
        ["--define=x=1"],
    )
    broken = (
        ["-d", "a("],
        ["-d", 'a="'],
        ["-d", ";x"],
        ["-d", "--"],
        ["-Z"],
        ["--no-such"],
        ["-d", "[x]"],
        ["-d", "=x"],
    )
    return rng.choice(plain if rng.random() < 0.7 else rare if rng.random() < 0.7 else broken)


def _urls(text: str) -> list[str]:
    """Return what a file to include may be called, one that holds ``text`` for the most part."""
    encoded = base64.b64encode(text.encode()).decode()
    return [
        f"data:,{text}",
        f"data:text/plain,{quote(text)}",
        f"data://text/plain;base64,{encoded}",
        f"data:;base64,{encoded}",
        f"data:base64,{encoded}",
        f"data:text/plain;base64,{quote(encoded)}",
        f"DATA:,{text}",
        f"php://filter/convert.base64-decode/resource=data:,{encoded}",
        f"php://filter/read=convert.base64-encode|convert.base64-decode/resource=data:,{quote(text)}",
        f"php://filter/write=string.rot13/resource=data:,{quote(text)}",
        f"php://filter/bogus/resource=data:,{quote(text)}",
        f"php://filter/resource=php://filter/resource=data:,{quote(text)}",
        f"php://filter/string.rot13/string.rot13/resource=data:text/plain;base64,{encoded}",
        f"php://filter/convert.quoted-printable-decode/resource=data:,{quote(text)}",
        f"php://filter/convert.iconv.UTF-8.UTF-8/resource=data:,{quote(text)}",
        f"compress.zlib://data:,{text}",
        f"data:text/plain;charset=utf-8;base64,{encoded}",
        f"data:text/plain;foo,{quote(text)}",
        f"data:text/plain;BASE64,{encoded}",
        "php://fd/00",
        "php://filter/resource=php://stdin",
        f"php://filter/read=convert.base64-decode/resource=data:,{quote(encoded)}",
        *(
            "php://stdin",
            "php://fd/0",
            "PHP://stdin",
            "php://input",
            "php://memory",
            "php://junk",
            "/dev/stdin",
            "f.php",
        ),
        *(
            "file:///dev/stdin",
            "compress.zlib:///dev/stdin",
            "php://filter/string.trim/resource=/dev/stdin",
            "none",
            "",
        ),
    ]


def _included(rng: random.Random, marks: Marks, case: Case) -> list[str]:
    """Return definitions that make PHP include something."""
    name = rng.choice(
        ("auto_prepend_file", "auto_append_file", "auto_prepend_file", "AUTO_PREPEND_FILE", "auto_prepend")
    )
    urls = _urls(page(marks()))
    if case.descriptor_text:
        urls += ["/dev/fd/{FD}", "php://fd/{FD}"] * 4
    url = rng.choice(urls)
    if rng.random() < 0.1:
        case.env["INCLUDED"] = url
        value = rng.choice(("${INCLUDED}", '"${INCLUDED}"'))
    else:
        value = rng.choice((f"'{url}'", f"'{url}'", f"'{url}'", url, f"'''{url}'", f" '{url}' ; x"))
    words = rng.choice(
        (["-d", f"{name}={value}"], [f"-d{name}={value}"], [f"-nd{name}={value}"], [f"-d={name}={value}"])
    )
    allow = rng.choice(
        (
            "allow_url_include=1",
            "allow_url_include=1",
            "allow_url_include=on",
            "allow_url_include",
            "allow_url_include=0",
        )
    )
    if rng.random() < 0.7:
        words = rng.choice(
            (["-d", allow, *words], [*words, "-d", allow], ["-d", f"{allow}\nallow_url_fopen=on", *words])
        )
    return words


def _program(rng: random.Random, marks: Marks) -> list[str]:
    """Return what names php's program."""
    code = marks()
    direct = (
        ["-r", code],
        ["-r" + code],
        ["--run", code],
        ["--run=" + code],
        ["-r=" + code],
        ["-nr", code],
        ["-r", f"\n{code}\n"],
    )
    begin = rng.choice(([], ["-B", marks()], ["--process-begin=" + marks()]))
    each = rng.choice((["-R", marks()], ["-R=" + marks()], ["--process-code", marks()], ["-F", "f.php"], []))
    end = rng.choice(([], ["-E", marks()], ["-E" + marks()], ["--process-end", marks()]))
    lines = [begin, each, end]
    rng.shuffle(lines)
    file = rng.choice(FILES)
    kind = rng.random()
    if kind < 0.3:
        return rng.choice(direct) + rng.choice(
            ([], [], ["-l"], ["-r", marks()], ["-f", "f.php"], ["-a"], ["-s"], ["--rf", "x"])
        )
    if kind < 0.5:
        return [word for part in lines for word in part]
    if kind < 0.8:
        return rng.choice(
            ([file], ["-f", file], ["-f" + file], ["--file", file], ["--", file], ["-f", "f.php", "-r", code])
        )
    return rng.choice(
        (
            [],
            ["--"],
            ["-a"],
            ["-a", "f.php"],
            ["-l", "f.php"],
            ["-l"],
            ["-w"],
            ["-s", "f.php"],
            ["-i"],
            ["-l", "-r", code],
        )
    )


def _request(rng: random.Random, case: Case) -> None:
    """Put a request into the environment, whole or not."""
    case.env[rng.choice(("REQUEST_METHOD", "SERVER_SOFTWARE", "GATEWAY_INTERFACE", "SERVER_NAME"))] = "POST"
    if rng.random() < 0.7:
        case.env["REQUEST_METHOD"] = rng.choice(("POST", "PUT", "GET"))
    if rng.random() < 0.8:
        case.env[rng.choice(("REDIRECT_STATUS", "HTTP_REDIRECT_STATUS"))] = "200"
    if rng.random() < 0.8:
        case.env[rng.choice(("SCRIPT_FILENAME", "PATH_TRANSLATED"))] = rng.choice(
            ("f.php", "f.php", "/dev/stdin", "nothing", "-", rng.choice(STDIN), "data:,x")
        )
    if rng.random() < 0.6:
        case.env["CONTENT_LENGTH"] = rng.choice((str(len(case.stdin_text)), "0", "", "x"))
    if rng.random() < 0.3:
        case.env["QUERY_STRING"] = rng.choice(("-s", "a=1", "-d+x", "", "+-s", "x"))
