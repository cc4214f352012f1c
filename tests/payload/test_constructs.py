"""A call is found whichever construct of the language its name and its text take: each one runs the marker for real."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from .helpers import capabilities, layers

PYTHON = [
    "import os\nwith os.popen('id') as f: pass",
    "import os\nwith open('/dev/null') as f, os.popen('id') as g: pass",
    "import os, contextlib\nwith contextlib.nullcontext('id') as c: os.system('id')",
    "import os\nif (s := os.system): s('id')",
    "import os\nos.system(c := 'id')",
    "import os\nprint(c := 'id', os.system(c))",
    "import os\nc: str = 'id'\nos.system(c)",
    "import os\ns: object = os.system\ns('id')",
    "import os\n{k: os.system(k) for k in ['id']}",
    "import os\nd = {k: v for k, v in [('a', 'id')]}\nos.system(d['a'])",
    "import os\n{os.system(k): 1 for k in ('id',)}",
    "import os\na = {'c': 'id'}\nb = {**a}\nos.system(b['c'])",
    "import os\na = {'c': 'id'}\nb = {'c': 'no', **a, 'd': 1}\nos.system(b['c'])",
    "import os\na = {'command': 'id'}\nos.system(**a)",
    "import os\nos.system(command='id')",
    "import os\nos.popen(cmd='id').read()",
    "import subprocess\nsubprocess.getoutput(cmd='id')",
    "import subprocess\nsubprocess.run(args='id', shell=True)",
    "import subprocess\na = {'args': 'id', 'shell': True}\nsubprocess.run(**a)",
    "import os\na = ['id']\nos.system(*a)",
    "import os\n[os.system(c) for c in ['id']]",
    "import os\n{os.system(c) for c in ['id']}",
    "import os\nlist(os.system(c) for c in ['id'])",
    "import os\na = b = 'id'\nos.system(a)",
    "import os\nc = 'i'\nc += 'd'\nos.system(c)",
    "import os\nos.system('id' if 1 else 'no')",
    "import os\nos.system(False or 'id')",
    "import os\nos.system(f'{\"i\"}{\"d\"}')",
    "import os\nos.system('%s%s' % ('i', 'd'))",
    "import os\nfor c in ('id',): os.system(c)",
    "import os\nwhile os.system('id'): pass",
    "import os\ntry: 1/0\nexcept ZeroDivisionError: os.system('id')",
    "import os\ntry: pass\nfinally: os.system('id')",
    "import os\ndef f(c='id'): return os.system(c)\nf()",
    "import os\ndef f(**k): os.system(k['c'])\nf(c='id')",
    "import os\n(lambda c: os.system(c))('id')",
    "import os\nclass A:\n  x = os.system('id')",
    "import os\nassert os.system('id') == 0",
    "import os\ndel [os.system('id')][0:0]",
    "import os\ndef f():\n  yield os.system('id')\nlist(f())",
    "import os, asyncio\nasync def f(): os.system('id')\nasyncio.run(f())",
]  # fmt: skip


@pytest.fixture
def marked(tmp_path):
    """A folder with a program ``id`` that leaves a mark."""
    tool = tmp_path / "id"
    tool.write_text(f"#!/bin/sh\n: > {tmp_path}/ran\n")
    tool.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize("text", PYTHON)
def test_a_construct_of_python_leads_to_its_command(text, marked):
    subprocess.run([sys.executable, "-c", text], env={"PATH": f"{marked}:/usr/bin:/bin"}, check=False)
    assert (marked / "ran").exists()
    assert any(layer[0] == "shell" and layer[2] == "id" for layer in layers(text)), layers(text)


E = "const e=require('child_process').execSync;"
JAVASCRIPT = [
    E + "const o={e};o.e('id')",
    "const o={e:require('child_process').execSync}; o.e('id')",
    E + "const c='id',o={c};e(o.c)",
    E + "e('\\u0069d')",
    E + "e('\\u{69}d')",
    E + "e('\\x69d')",
    E + "e('\\151d')",
    E + "e(`${'i'}d`)",
    E + "e(decodeURIComponent('%69d'))",
    E + "e(unescape('%u0069d'))",
    E + "const {c='id'}={};e(c)",
    E + "const [c]=['id'];e(c)",
    E + "for(const c of ['id'])e(c)",
    E + "e?.('id')",
    E + "(()=>e('id'))()",
    E + "do{e('id')}while(0)",
    E + "switch(1){case 1:e('id')}",
    E + "(async()=>{await e('id')})()",
    E + "e(['d','i'].reverse().join(''))",
    E + "e({...{c:'id'}}.c)",
    "require('child_process')['\\u0065xecSync']('id')",
    "const {\\u0065xecSync:e}=require('child_process');e('id')",
]


@pytest.mark.skipif(not shutil.which("node"), reason="no node here")
@pytest.mark.parametrize("text", JAVASCRIPT)
def test_a_construct_of_javascript_leads_to_its_command(text, marked):
    subprocess.run(["node", "-e", text], env={"PATH": f"{marked}:/usr/bin:/bin"}, check=False, capture_output=True)
    assert any(layer[0] == "shell" and layer[2] == "id" for layer in layers(text, "javascript")), layers(
        text, "javascript"
    )
    assert (marked / "ran").exists()


CALLED = [
    ("python", "import os\na, *b = 'x', 'id'\nos.system(b[0])"),
    ("python", "import os\nos.system('{}{d}'.format('i', d='d'))"),
    ("python", "import os\nmatch 'id':\n  case c: os.system(c)"),
    ("python", "import os\ndef f(*a): os.system(a[0])\nf('id')"),
    ("python", "import os\nclass A:\n  def f(self, c): os.system(c)\nA().f('id')"),
    ("javascript", E + "let c;c??='id';e(c)"),
    ("javascript", E + "for(const c in {id:1})e(c)"),
]


@pytest.mark.parametrize(("language", "text"), CALLED)
def test_where_the_command_is_not_known_the_call_is_told(language, text):
    assert "process.spawn" in capabilities(text, language)
