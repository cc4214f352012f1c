"""Programs of Ruby: pry, irb, bundler's console and puppet."""

from __future__ import annotations

import random
from typing import ClassVar

from tests.oracle.grammars.scripting import Small
from tests.oracle.harness import Case, Marks

RUBY = 'File.write(ENV["FC_MARK"],"{n}\\n",mode:"a");'


class Pry(Small):
    """pry; its words are read by code, so they are listed here."""

    id = "pry"
    template = RUBY
    share = 0.02
    script = "script.rb"
    variables: ClassVar[dict[str, tuple[str, ...]]] = {
        "PRYRC": ("script.rb", "none.rb", "/dev/stdin", "/dev/fd/0"),
        "DISABLE_PRY": ("1", ""),
        "FAIL_PRY": ("1",),
        "XDG_CONFIG_HOME": (".", "none"),
    }
    more = (
        ("-e", "{code}"), ("-e", "{code}"), ("-e{plain}",), ("-e={plain}",), ("--exec={code}",), ("-exec", "{code}"), ("--e", "{code}"), ("-exec={code}",),
        ("-c", "{plain}"), ("--context", "{plain}"), ("-c{plain}",), ("--context={plain}",), ("-f",), ("-r", "./script.rb"), ("-r./script.rb",), ("-v",),
        ("--require=./script.rb",), ("-I", "."), ("-I.",), ("-s", "x"), ("-d", "x"), ("--no-color",), ("--no-pager",), ("--simple-prompt",), ("--noprompt",),
        ("--no-plugins",), ("--no-history",), ("--plugins",), ("--gem",), ("-fe", "{code}"), ("-e",), ("-c",), ("-x",), ("--bogus",), ("-h",), ("-",),
        ("-e", "-x"), ("-e", "exit"), ("-e", "1"), ("--no-exec", "{code}"), ("script.rb",), ("pry",), ("none.rb",), ("-e", ""), ("--",), ("-e", "{code}", "-e{plain}"),
        ("-e{plain}", "-e", "{code}"), ("-E", "{code}"), ("--exec",),
    )  # fmt: skip

    def text(self, rng: random.Random, marks: Marks) -> str:
        """Make a statement; in some places there may be no sign of equality."""
        del rng
        return marks()

    def _filled(self, word: str, rng: random.Random, marks: Marks) -> str:
        if "{plain}" in word:
            word = word.replace("{plain}", marks('File.open(ENV["FC_MARK"],"a").puts("{n}")'))
        return super()._filled(word, rng, marks)

    def _words(self, rng: random.Random, marks: Marks) -> list[str]:
        return [self._filled(word, rng, marks) for word in rng.choice(self.more)]

    def _soup(self, rng: random.Random, marks: Marks) -> list[str]:
        return self._words(rng, marks) + self._words(rng, marks)


class Irb(Pry):
    """irb."""

    id = "irb"
    variables: ClassVar[dict[str, tuple[str, ...]]] = {
        "IRBRC": ("script.rb", "none.rb", "/dev/stdin"),
        "RUBYOPT": ("-w", "-r./script.rb"),
        "XDG_CONFIG_HOME": ("none",),
    }
    more = (
        ("-f",), ("-f",), ("-r", "./script.rb"), ("-r./script.rb",), ("-I", "."), ("-I.",), ("-d",), ("-w",), ("-W0",), ("-W", "0"), ("-U",), ("-E", "utf-8"), ("-Eutf-8",),
        ("--noverbose",), ("--verbose",), ("--echo",), ("--noecho",), ("--prompt", "null"), ("--prompt=null",), ("--prompt-mode", "simple"), ("--inf-ruby-mode",),
        ("--simple-prompt",), ("--noprompt",), ("--inspect",), ("--inspect", "p"), ("--noinspect",), ("--multiline",), ("--singleline",), ("--nomultiline",), ("--nosingleline",),
        ("--tracer",), ("--back-trace-limit", "3"), ("--back-trace-limit=3",), ("--context-mode", "0"), ("--context-mode=1",), ("--single-irb",), ("--extra-doc-dir", "."),
        ("--colorize",), ("--nocolorize",), ("--autocomplete",), ("--noautocomplete",), ("--sample-book-mode",), ("-v",), ("--version",), ("-h",), ("-x",), ("--bogus",), ("-e", "{code}"),
        ("-",), ("--",), ("script.rb",), ("none.rb",), ("-fd",), ("--encoding", "utf-8"), ("--encoding=utf-8",), ("-c", "{code}"), ("--script",), ("--noscript",),
    )  # fmt: skip


class BundleConsole(Pry):
    """bundler's console and exec, in a folder with a Gemfile."""

    id = "ruby_console"
    program_name = "bundle"
    variables: ClassVar[dict[str, tuple[str, ...]]] = {"BUNDLE_CONSOLE": ("irb", "pry"), "RUBYOPT": ("-w",)}
    more = (
        ("console",), ("console",), ("console", "default"), ("con",), ("console", "--verbose"), ("--verbose", "console"), ("exec", "pry", "-e", "{code}"), ("exec", "rake", "-e", "{code}"), ("config",), ("version",),
        ("e", "pry", "-e", "{code}"), ("exec", "irb"), ("ex", "irb", "-f"), ("exec", "--keep-file-descriptors", "irb", "-f"), ("cons",), ("exec", "/usr/bin/irb"), ("exec", "sh", "-c", "true"), ("--no-color", "console"), ("--retry", "2", "console"), ("c",), ("env",), ("list",), ("show",),
    )  # fmt: skip

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Put a Gemfile there; exec starts another program, which is read by itself."""
        del program
        case = Case([self.id], files={"Gemfile": "", "script.rb": marks() + "\n"})
        case.env = {
            "BUNDLE_SILENCE_ROOT_WARNING": "1",
            "BUNDLE_ALLOW_OFFLINE_INSTALL": "1",
            "BUNDLE_DISABLE_VERSION_CHECK": "1",
        }
        case.stdin = rng.choice(self.stdins)
        case.stdin_text = "" if case.stdin == "null" else marks() + "\n"
        case.argv += self._words(rng, marks)
        return case


class Puppet(Pry):
    """puppet apply."""

    id = "puppet"
    share = 0.005
    template = """exec{'{n}': command => '/bin/sh -c "echo {n} >>$FC_MARK"', logoutput => true }"""
    script = "script.pp"
    variables: ClassVar[dict[str, tuple[str, ...]]] = {}
    seconds = 40
    stdins = ("pipe", "null")
    more = (
        ("-e", "{code}"), ("-e", "{code}"), ("-e{code}",), ("--execute", "{code}"), ("--execute={code}",), ("--exec", "{code}"), ("-ve", "{code}"), ("-d",), ("-v",), ("--noop",), ("-t",),
        ("--verbose",), ("--detailed-exitcodes",), ("-L",), ("--test",), ("script.pp",), ("none.pp",), ("-",), ("--",), ("--modulepath", "."), ("--modulepath=.",), ("--logdest", "console"),
        ("-l", "console"), ("-lconsole",), ("--parseonly",), ("--help",), ("-h",), ("--version",), ("-V",), ("--environment", "production"), ("--bogus",), ("-x",), ("--tags", "x"),
        ("--no-noop",), ("--catalog", "none.json"), ("-c", "-"), ("--use-nodes",), ("--write-catalog-summary",), ("--show_diff",), ("--no-splay",), ("--certname=x",), ("-e",),
        ("--hiera_config", "none"), ("--code", "{code}"), ("--code={code}",), ("--manifest", "script.pp"),
    )  # fmt: skip

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make one line with folders of its own."""
        del program
        case = Case([self.id], files={self.script: marks() + "\n"})
        own = ["--confdir=conf", "--vardir=var", "--codedir=code", "--rundir=run", "--logdir=log"]
        case.stdin = rng.choice(self.stdins)
        case.stdin_text = "" if case.stdin == "null" else marks() + "\n"
        words: list[str] = []
        for _ in range(rng.randrange(3)):
            words += self._words(rng, marks)
        subcommand = rng.choice((["apply"], ["apply"], ["apply"], ["apply"], [], ["parser", "validate"], ["help"]))
        case.argv += [*subcommand, *rng.choice(((*own, *words), (*words, *own), (*own, *words)))]
        return case
