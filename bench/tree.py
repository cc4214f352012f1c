"""A tree of files such as a large project has, made from a seed: sources for the most part, some of them build files."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_VOCABULARY = (
    "account archive batch buffer build cache channel client cluster column config context cursor deploy device digest "
    "driver element engine event export factory field filter format handler header image import index input item job key "
    "label layer limit line list loader lock log manager map message metric mode model module name network node object "
    "option order output package page parser path payload plan plugin point policy pool port process profile project proxy "
    "python query queue range reader record region release report request resource result role route rule runner sample "
    "schema scope script section server service session shard signal snapshot source stage state status storage stream "
    "string table target task template test thread timer token topic trace tree type unit update user value version view "
    "volume widget window worker writer"
)
WORDS = tuple(_VOCABULARY.split(" "))
MIX = (
    ("src/{d}/{w}_{n}.c", 17), ("include/{d}/{w}_{n}.h", 9), ("go/{d}/{w}_{n}.go", 12), ("web/{d}/{w}-{n}.ts", 14),
    ("web/{d}/{w}-{n}.js", 9), ("lib/{d}/{w}_{n}.py", 12), ("lib/{d}/{w}_{n}.rb", 3), ("docs/{d}/{w}-{n}.md", 6),
    ("data/{d}/{w}-{n}.json", 5), ("assets/{d}/{w}-{n}.svg", 3), ("charts/{d}/{w}-{n}.yaml", 4.5), ("scripts/{d}/{w}-{n}.sh", 2.6),
    ("src/{d}/{n}/Makefile", 1.2), ("images/{d}/{n}/Dockerfile", 0.5), (".github/workflows/{w}-{n}.yml", 0.2),
    ("web/{d}/{n}/package.json", 0.6), ("tools/{d}/{w}_{n}.pl", 0.4),
)  # fmt: skip
"""Path and its share in percent: the shares of some large public projects that build with several languages, rounded."""
INLINE = 0.08
"""Of the build files, how many start an interpreter with inline text."""


def plant(folder: Path, count: int, seed: int = 1) -> int:
    """Write the tree; return its size in bytes."""
    rng = random.Random(seed)
    paths, weights = [path for path, _ in MIX], [weight for _, weight in MIX]
    size = 0
    for number in range(count):
        pattern = rng.choices(paths, weights)[0]
        path = folder / pattern.format(d=f"{rng.choice(WORDS)}/{rng.choice(WORDS)}", w=rng.choice(WORDS), n=number)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = _text(pattern.rpartition("/")[2].rpartition(".")[2], rng)
        path.write_text(text, encoding="utf-8")
        size += len(text)
    return size


def _text(kind: str, rng: random.Random) -> str:
    """Return one file's text: a few lines to some hundreds, as file sizes are (log-normal, median about 60 lines)."""
    lines = max(4, min(1500, int(rng.lognormvariate(4.1, 0.9))))
    makers: dict[str, Callable[[random.Random, int], str]] = {
        "sh": _shell, "Makefile": _makefile, "Dockerfile": _dockerfile, "yml": _workflow, "json": _json, "py": _python, "yaml": _yaml,
    }  # fmt: skip
    return makers.get(kind, _source)(rng, lines)


def _name(rng: random.Random) -> str:
    """Return an identifier."""
    return f"{rng.choice(WORDS)}_{rng.choice(WORDS)}"


def _sentence(rng: random.Random, words: int = 9) -> str:
    """Return some words."""
    return " ".join(rng.choices(WORDS, k=words))


def _source(rng: random.Random, lines: int) -> str:
    """Return text like that of a compiled language."""
    out = [f"/* {_sentence(rng)} */", f'#include "{rng.choice(WORDS)}.h"']
    for _ in range(lines):
        name = _name(rng)
        form = rng.choice(
            ("\tif ({0} == {1}) {{", "\treturn {0}({1});", "\t{0} = {1} + 1;", "}}", "\t// {2}", 'log("{2}", {0});')
        )
        out.append(form.format(name, _name(rng), _sentence(rng, 5)))
    return "\n".join(out) + "\n"


def _python(rng: random.Random, lines: int) -> str:
    """Return a Python source; one in seven starts programs."""
    out = [f'"""{_sentence(rng)}."""', "import os", f"from {rng.choice(WORDS)} import {_name(rng)}", ""]
    if rng.random() < 1 / 7:
        out.insert(1, "import subprocess")
        out.append(f'subprocess.run(["git", "{rng.choice(WORDS)}"], check=True)')
        if rng.random() < INLINE:
            out.append('subprocess.run(["python3", "-c", "print(1)"], check=True)')
    for _ in range(lines):
        form = rng.choice(("def {0}({1}):", "    {0} = {1}", "    return {0}({1})", '    """{2}"""', "    # {2}", ""))
        out.append(form.format(_name(rng), _name(rng), _sentence(rng, 6)))
    return "\n".join(out) + "\n"


def _json(rng: random.Random, lines: int) -> str:
    """Return a package.json, or data like one."""
    rows = [f'    "{_name(rng)}_{n}": "{_sentence(rng, 3)}"' for n in range(min(lines, 60))]
    rows += ['    "build": "tsc -p ."', f'    "test": "{_inline(rng) if rng.random() < INLINE else "mocha"}"']
    return '{\n  "name": "demo",\n  "scripts": {\n' + ",\n".join(row.replace("\\", "") for row in rows) + "\n  }\n}\n"


def _inline(rng: random.Random) -> str:
    """Return a command with inline text."""
    return rng.choice(
        ("python3 -c 'print(1)'", "perl -ne 'print if /x/' file", "ruby -e 'puts 1'", "php -r 'echo 1;'", "node -p 1")
    )


def _command(rng: random.Random) -> str:
    """Return an ordinary command line."""
    form = rng.choice((
        "echo {2}", "cp -r {0} out/{1}", "if [ -f {0} ]; then rm -f {0}; fi", "{0}=$({1} --version | head -n 1)",
        'for f in *.{0}; do install -m 644 "$f" "$DEST/{1}"; done', "make -C {0} {1}", "python3 tools/{0}.py --{1}",
        "grep -q {0} {1} || exit 1", "sed -i 's/{0}/{1}/' config.{0}", "export {0}={1}", "curl -fsSLO https://example.invalid/{0}.tar.gz",
    ))  # fmt: skip
    return form.format(_name(rng), _name(rng), _sentence(rng, 4))


def _shell(rng: random.Random, lines: int) -> str:
    """Return a shell script."""
    out = ["#!/bin/bash", "set -euo pipefail", ""]
    out += [rng.choice(("# " + _sentence(rng, 7), _command(rng), _command(rng), "")) for _ in range(lines)]
    if rng.random() < INLINE:
        out.append(_inline(rng))
    return "\n".join(out) + "\n"


def _makefile(rng: random.Random, lines: int) -> str:
    """Return a makefile."""
    out = [f"{_name(rng).upper()} := {rng.choice(WORDS)}" for _ in range(6)]
    for _ in range(max(1, lines // 4)):
        out += [f"{_name(rng)}: {_name(rng)}", "\t$(CC) -c $< -o $@", "\t" + _command(rng).replace("$", "$$"), ""]
    if rng.random() < INLINE:
        out.append("\t" + _inline(rng))
    return "\n".join(out) + "\n"


def _dockerfile(rng: random.Random, lines: int) -> str:
    """Return a Dockerfile."""
    out = ["FROM debian:bookworm", "WORKDIR /src", "COPY . ."]
    out += ["RUN " + " && \\\n    ".join(_command(rng) for _ in range(3)) for _ in range(min(20, lines // 4) + 1)]
    if rng.random() < INLINE:
        out.append("RUN " + _inline(rng))
    return "\n".join([*out, f'CMD ["{_name(rng)}"]']) + "\n"


def _workflow(rng: random.Random, lines: int) -> str:
    """Return a workflow."""
    out = [
        "on: push",
        "jobs:",
        "  build:",
        "    runs-on: ubuntu-latest",
        "    steps:",
        "      - uses: actions/checkout@v4",
    ]
    for _ in range(min(25, lines // 4) + 1):
        out += [
            f"      - name: {_sentence(rng, 3)}",
            "        run: |",
            *(f"          {_command(rng)}" for _ in range(3)),
        ]
    if rng.random() < INLINE:
        out.append("      - run: " + _inline(rng))
    return "\n".join(out) + "\n"


def _yaml(rng: random.Random, lines: int) -> str:
    """Return a manifest."""
    out = ["apiVersion: v1", "kind: ConfigMap", "data:"]
    return "\n".join([*out, *(f"  {_name(rng)}_{n}: {_sentence(rng, 4)}" for n in range(lines))]) + "\n"
