"""Every command that decodes on its way to a shell, and every codec: the text that comes out is the one that really does."""

from __future__ import annotations

import base64
import bz2
import codecs
import gzip
import lzma
import shutil
import subprocess
import zlib

import pytest

from flycatcher.core.payload.decode import BY_CODEC, codec
from flycatcher.core.payload.languages.shell.functions import FUNCTIONS

from .helpers import layers

TEXT = "echo marker\n"
BYTES = TEXT.encode()


def octal(data: bytes) -> str:
    """Return bytes as printf writes them."""
    return "printf '" + "".join(f"\\{byte:03o}" for byte in data) + "'"


B64 = base64.b64encode(BYTES).decode()
UU = "begin 644 x\n" + codecs.encode(BYTES, "uu").decode().partition("\n")[2]
PIPES = {
    "echo": ["echo echo marker", "echo -n 'echo marker'", "echo -e '\\x65cho marker'", "echo -ne 'ech\\0157 marker'", "echo -E echo marker",
        "echo -e '#\\\\0157\\necho marker'"],
    "printf": ["printf 'echo marker\\n'", "printf '%s marker\\n' echo", "printf -- 'echo %b' 'm\\x61rker\\n'",
        "printf '%b' 'ech\\0157 marker\\n'", octal(BYTES)],
    "print": [],
    "cat": ["echo echo marker | cat", "echo echo marker | cat -"],
    "tee": ["echo echo marker | tee /dev/null"],
    "$(": ["echo $(echo echo marker)"],
    "<(": [],
    "base64": [f"echo {B64} | base64 -d", f"echo {B64} | base64 --decode", f"echo {B64} | base64 -di", f"echo {B64} | base64 --dec"],
    "b64decode": [],
    "base32": [f"echo {base64.b32encode(BYTES).decode()} | base32 -d"],
    "openssl": [f"echo {B64} | openssl base64 -d", f"echo {B64} | openssl enc -d -base64", f"echo {B64} | openssl enc -base64 -d"],
    "xxd": [f"echo {BYTES.hex()} | xxd -r -p", f"echo {BYTES.hex()} | xxd -p -r"],
    "uudecode": [],
    "rev": ["echo rekram ohce | rev"],
    "tac": ["printf '#\\necho marker\\n' | tac"],
    "gunzip": [f"{octal(gzip.compress(BYTES, mtime=0))} | gunzip", f"{octal(gzip.compress(BYTES, mtime=0))} | gunzip -c"],
    "zcat": [f"{octal(gzip.compress(BYTES, mtime=0))} | zcat"],
    "gzip": [f"{octal(gzip.compress(BYTES, mtime=0))} | gzip -d", f"{octal(gzip.compress(BYTES, mtime=0))} | gzip --decompress"],
    "bunzip2": [f"{octal(bz2.compress(BYTES))} | bunzip2"],
    "bzcat": [f"{octal(bz2.compress(BYTES))} | bzcat"],
    "xzcat": [f"{octal(lzma.compress(BYTES))} | xzcat"],
    "xz": [f"{octal(lzma.compress(BYTES))} | xz -d"],
    "tr": ["echo dbgn l`qjdq | tr a-z b-za", "echo 'e-c-h-o m-a-r-k-e-r' | tr -d -", "echo fdip nbslfs | tr b-za a-z"],
}  # fmt: skip
PIPES["tr"] = PIPES["tr"][1:]
UNRUN = {
    "print": "print echo marker | sh",  # ksh and zsh
    "b64decode": f"echo {B64} | b64decode -r | sh",  # the BSDs
    "uudecode": f"printf '{UU}' | uudecode -o - | sh",
    "<(": "sh <(echo echo marker)",
}
CASES = [(name, text) for name, texts in PIPES.items() for text in texts]


@pytest.mark.parametrize(("name", "text"), CASES, ids=[f"{name}-{number}" for number, (name, _) in enumerate(CASES)])
def test_what_reaches_the_shell_is_read_as_what_it_really_runs(name, text):
    program = name if name[0].isalpha() else "bash"
    if not shutil.which(program):
        pytest.skip(f"no {program} here")
    done = subprocess.run(["bash", "-c", f"{text} | sh"], capture_output=True, text=True, check=False)
    assert done.stdout == "marker\n"
    seen = [layer[2].strip() for layer in layers(f"{text} | sh", "shell")]
    assert any("echo marker" in one for one in seen), seen


@pytest.mark.parametrize("name", UNRUN)
def test_what_is_not_everywhere_is_read_too(name):
    seen = [layer[2].strip() for layer in layers(UNRUN[name], "shell")]
    assert any("echo marker" in one for one in seen), seen


def test_every_filter_has_an_example():
    assert set(PIPES) == set(FUNCTIONS)
    assert {name for name, texts in PIPES.items() if not texts} == set(UNRUN)


@pytest.mark.parametrize(
    "text",
    [
        f"echo {B64} | base64 | sh", f"echo {B64} | openssl base64 | sh", "echo 6563 | xxd | sh", "echo x | gzip | sh", "echo x | xz | sh",
        "cat file | sh", f"echo {B64} | cat file | base64 -d | sh", "echo abc | tr -s a | sh",
    ],
)  # fmt: skip
def test_without_its_option_a_filter_decodes_nothing(text):
    assert not any("marker" in layer[2] for layer in layers(text, "shell"))


CODE = "import os; os.system('id')"
ENCODED = {
    "base64": base64.b64encode(CODE.encode()),
    "hex": CODE.encode().hex().encode(),
    "rot13": codecs.encode(CODE, "rot13"),
    "zlib": zlib.compress(CODE.encode()),
    "zip": zlib.compress(CODE.encode()),
    "bz2": bz2.compress(CODE.encode()),
    "uu": codecs.encode(CODE.encode(), "uu"),
    "quopri": codecs.encode(CODE.encode(), "quopri"),
    "unicodeescape": "".join(f"\\u{ord(c):04x}" for c in CODE).encode(),
    "stringescape": "".join(f"\\x{ord(c):02x}" for c in CODE).encode(),
    "rawunicodeescape": "".join(f"\\u{ord(c):04x}" for c in CODE).encode(),
    "escapedecode": "".join(f"\\{ord(c):03o}" for c in CODE).encode(),
    "utf16": CODE.encode("utf-16"),
    "utf16le": CODE.encode("utf-16-le"),
    "utf32": CODE.encode("utf-32"),
    "utf7": CODE.encode("utf-7"),
}


def test_every_codec_that_changes_a_text_has_an_example():
    assert set(ENCODED) == set(BY_CODEC)


@pytest.mark.parametrize("name", ENCODED)
def test_what_a_codec_decodes_is_run(name):
    text = f"import codecs; exec(codecs.decode({ENCODED[name]!r}, {name!r}))"
    assert any(layer[0] == "python" and layer[2] == CODE for layer in layers(text)), layers(text)


@pytest.mark.parametrize("name", ["BASE64", "base_64", "base64_codec", "base64-codec", "Base64"])
def test_a_codec_is_known_in_every_spelling(name):
    assert codec(name) == BY_CODEC["base64"]


def test_a_plain_character_set_is_no_codec_of_its_own():
    assert codec("utf-8") is None
    assert codec("latin-1") is None
