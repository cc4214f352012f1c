"""What a payload decodes to, and how it says that it was made. Every encoded text here was made by the function beside it."""

import base64
import bz2
import codecs
import gzip
import lzma
import zlib

import pytest

from .helpers import analysis, layers

CODE = "import os; os.system('id')"


def b64(data):
    return base64.b64encode(data).decode()


@pytest.mark.parametrize(
    ("text", "made"),
    [
        (f"import base64; exec(base64.b64decode('{b64(CODE.encode())}'))", ("base64",)),
        (f"from base64 import b64decode as d; exec(d('{b64(CODE.encode())}').decode())", ("base64", "codec")),
        (f"import base64; exec(base64.b32decode('{base64.b32encode(CODE.encode()).decode()}'))", ("base32",)),
        (f"import base64; exec(base64.b85decode({base64.b85encode(CODE.encode())!r}))", ("base85",)),
        (f"import base64; exec(base64.a85decode({base64.a85encode(CODE.encode())!r}))", ("ascii85",)),
        (f"exec(bytes.fromhex('{CODE.encode().hex()}'))", ("hex",)),
        (f"import zlib; exec(zlib.decompress({zlib.compress(CODE.encode())!r}))", ("zlib",)),
        (f"import gzip; exec(gzip.decompress({gzip.compress(CODE.encode(), mtime=0)!r}))", ("gzip",)),
        (f"import bz2; exec(bz2.decompress({bz2.compress(CODE.encode())!r}))", ("bz2",)),
        (f"import lzma; exec(lzma.decompress({lzma.compress(CODE.encode())!r}))", ("lzma",)),
        (f"import codecs; exec(codecs.decode({codecs.encode(CODE, 'rot13')!r}, 'rot13'))", ("codec",)),
        (f"exec({CODE[::-1]!r}[::-1])", ("reversed",)),
        (f"exec(''.join(map(chr, {[ord(c) for c in CODE]})))", ("character codes",)),
        (f"exec(''.join(chr(c ^ 7) for c in {[ord(c) ^ 7 for c in CODE]}))", ("xor", "character codes")),
        (f"exec(bytes({list(CODE.encode())}))", ("byte values",)),
        (f"exec({CODE.replace('o', '0')!r}.replace('0', 'o'))", ("replaced",)),
        (f"import urllib.parse as u; exec(u.unquote('{''.join(f'%{ord(c):02x}' for c in CODE)}'))", ("url",)),
        (f"x = {CODE[:9]!r}\ny = {CODE[9:]!r}\nexec(x + y)", ()),
        (f"d = lambda s: s[::-1]\nexec(d({CODE[::-1]!r}))", ("reversed",)),
        (
            (
                f"def d(s, k):\n    o = ''\n    for c in s:\n        o += chr(ord(c) ^ k)\n    return o\n"
                f"exec(d({''.join(chr(ord(c) ^ 9) for c in CODE)!r}, 9))"
            ),
            ("xor", "character codes"),
        ),
    ],
)
def test_python_text_is_decoded_step_by_step(text, made):
    assert ("python", made, CODE) in layers(text)
    assert ("shell", ("shell",), "id") in layers(text)


def test_layers_below_each_other_name_their_parents():
    inner = b64(zlib.compress(CODE.encode()))
    middle = f"import zlib, base64; exec(zlib.decompress(base64.b64decode('{inner}')))"
    outer = f"import base64; exec(base64.b64decode('{b64(middle.encode())}'))"
    found = analysis(outer).layers
    assert [(layer.parent, layer.made) for layer in found] == [
        (None, ()),
        (0, ("base64",)),
        (1, ("base64", "zlib")),
        (2, ("shell",)),
    ]
    start, end = found[1].span
    assert outer[start:end] == f"base64.b64decode('{b64(middle.encode())}')"


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("perl", f"use MIME::Base64; eval(decode_base64('{b64(b'system(1)')}'))", ("perl", ("base64",), "system(1)")),
        ("perl", f"eval(pack('H*', '{b'print 1'.hex()}'))", ("perl", ("pack",), "print 1")),
        (
            "perl",
            "eval(join '', map { chr($_ ^ 1) } (113, 115, 104, 111, 117))",
            ("perl", ("xor", "character codes"), "print"),
        ),
        ("perl", "eval reverse 'tixe'", ("perl", ("reversed",), "exit")),
        ("ruby", f"eval('{b64(b'puts 1')}'.unpack1('m'))", ("ruby", ("unpack",), "puts 1")),
        ("ruby", f"require 'base64'; eval(Base64.decode64('{b64(b'puts 1')}'))", ("ruby", ("base64",), "puts 1")),
        ("ruby", "eval([112, 32, 49].map { |c| c.chr }.join)", ("ruby", ("character codes",), "p 1")),
        ("javascript", f"eval(atob('{b64(b'alert(1)')}'))", ("javascript", ("base64",), "alert(1)")),
        (
            "javascript",
            f"eval(Buffer.from('{b64(b'go()')}', 'base64').toString())",
            ("javascript", ("buffer",), "go()"),
        ),
        ("javascript", "eval(String.fromCharCode(103, 111))", ("javascript", ("character codes",), "go")),
        (
            "javascript",
            "eval([96, 104].map(c => String.fromCharCode(c ^ 7)).join(''))",
            ("javascript", ("xor", "character codes"), "go"),
        ),
        (
            "php",
            f"eval(gzinflate(base64_decode('{b64(zlib.compress(b'phpinfo();')[2:-4])}')));",
            ("php", ("base64", "deflate"), "phpinfo();"),
        ),
        ("php", "eval(str_rot13('cucvasb();'));", ("php", ("rot13",), "phpinfo();")),
        (
            "php",
            "$o=''; foreach (str_split('hij') as $c) { $o .= chr(ord($c) - 1); } eval($o);",
            ("php", ("character codes",), "ghi"),
        ),
        ("lua", 'load("\\112\\114\\105\\110\\116(1)")()', ("lua", (), "print(1)")),
        ("lua", "load(string.char(103, 111))()", ("lua", ("character codes",), "go")),
        ("shell", f"echo {b64(b'whoami')} | base64 -d | sh", ("shell", ("base64",), "whoami")),
        ("shell", "echo 64617465 | xxd -r -p | bash", ("shell", ("hex",), "date")),
        ("shell", "printf '\\167\\150\\157' | sh", ("shell", ("stdin",), "who")),
        ("shell", "sh -c $'\\x69\\x64'", ("shell", ("sh -c",), "id")),
    ],
)
def test_other_languages_are_decoded(language, text, expected):
    assert expected in layers(text, language)


@pytest.mark.parametrize(
    ("language", "text", "inner"),
    [
        ("python", "import os; os.system('python3 -c \"print(7)\"')", ("python", "print(7)")),
        ("python", "import subprocess as s; s.run(['python3', '-Sc', 'print(7)'])", ("python", "print(7)")),
        ("python", "import sys, subprocess as s; s.Popen([sys.executable, '-c', 'print(7)'])", ("python", "print(7)")),
        ("perl", "system('sh', '-c', 'date')", ("shell", "date")),
        ("perl", "`python3 -c 'print(7)'`", ("python", "print(7)")),
        ("javascript", "require('child_process').exec('node -e \"go()\"')", ("javascript", "go()")),
        ("shell", "cat <<EOF | python3 -\nprint(7)\nEOF\n", ("python", "print(7)\n")),
        ("gdb", "python print(7)", ("python", "print(7)")),
        ("vimscript", ":lua print(7)", ("lua", "print(7)")),
    ],
)
def test_code_handed_to_another_interpreter_is_read_by_its_own_table(language, text, inner):
    assert inner in [(found_language, found_text) for found_language, _made, found_text in layers(text, language)]


def test_bombs_end_at_their_bound_without_a_layer():
    bomb = b64(zlib.compress(b"#" * (64 * 1024 * 1024), 9))
    found = analysis(f"import zlib, base64; exec(zlib.decompress(base64.b64decode('{bomb}')))")
    assert len(found.layers) == 1
    assert {"eval.dynamic"} <= {c.id for c in found.capabilities}


def test_marshalled_code_is_recognised_and_never_loaded():
    found = analysis("import marshal; exec(marshal.loads(b'\\xe3\\x00'))")
    assert len(found.layers) == 1
    assert {"eval.bytecode", "eval.dynamic"} <= {c.id for c in found.capabilities}
