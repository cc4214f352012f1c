"""Settings of programs that start others: git, ssh, terminals, web servers, npm. Each by its manual page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.regex import lazy
from flycatcher.core.shell import UNKNOWN
from flycatcher.sources.buildfiles.engine.environ import carried
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Region, Searcher, Start
from flycatcher.sources.buildfiles.engine.lines import Lines, line
from flycatcher.sources.buildfiles.engine.words import split

if TYPE_CHECKING:
    from collections.abc import Iterator

_QUOTED = r"(?:\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*')"


class GitConfig(Lines):
    """git-config(1): aliases with ``!`` and the settings that hold a command are text for sh."""

    id = "git-config"
    comments: ClassVar[tuple[str, ...]] = ("#", ";")
    rank = 20
    names: ClassVar[tuple[str, ...]] = (
        ".gitconfig",
        "gitconfig",
        "*.gitconfig",
        ".gitmodules",
        ".lfsconfig",
        "git/config",
        ".gitconfig.*",
    )
    replaced = (
        (re.compile(r"\A\"((?:\\.|[^\"\\])*)\"\Z", re.DOTALL), r"\1"),
        (re.compile(r"\\\n"), " "),
        (re.compile(r"\\([\"\\])"), r"\1"),
    )
    lines = (
        line(r"^[ \t]*(?P<name>[\w-]+)[ \t]*=[ \t]*\"?!(?P<text>(?:[^\n\\\"]|\\.|\\\n|\"(?!$))+)", hook="git"),
        line(r"^[ \t]*(?P<name>(?i:sshCommand|fsmonitor|pager|editor|textconv|clean|smudge|process|helper|cmd|askPass|command|"
             r"uploadpack|receivepack|proxyCommand|external|driver|program|diffFilter|trustctime|gitProxy|packObjectsHook|"
             r"sendemail\w*|smtpServer|sequence\.editor|browser|path|alternateRefsCommand|custom\w+))[ \t]*=[ \t]*"
             rf"(?P<text>{_QUOTED}|[^\n!\"][^\n]*)", hook="git"),
    )  # fmt: skip


class SshConfig(Lines):
    """ssh_config(5) and sshd_config(5): commands that are run with the user's shell; authorized_keys: ``command=``."""

    id = "ssh-config"
    rank = 20
    names: ClassVar[tuple[str, ...]] = (
        "ssh_config", "sshd_config", ".ssh/config", "ssh/config", "ssh_config.d/*", "sshd_config.d/*", "*.ssh_config", "authorized_keys",
        "authorized_keys2", "authorized_keys.*",
    )  # fmt: skip
    replaced = ((re.compile(r"\\\""), '"'), (re.compile(r"%[hprunCdikLlTfFtKHI]"), UNKNOWN))
    lines = (
        line(r"^[ \t]*(?P<name>(?i:ProxyCommand|LocalCommand|RemoteCommand|ForceCommand))[ \t=]+(?P<text>[^\n]+)"),
        line(
            r"^[ \t]*(?P<name>(?i:KnownHostsCommand|AuthorizedKeysCommand|AuthorizedPrincipalsCommand))[ \t=]+(?P<words>[^\n]+)"
        ),
        line(r"^[ \t]*(?i:Match)[^\n]*\b(?P<name>(?i:exec))[ \t]+(?:\"(?P<text>(?:\\.|[^\"\\\n])+)\")"),
        line(r"^(?!#)[^\n]*?\b(?P<name>command)=\"(?P<text>(?:\\.|[^\"\\\n])+)\""),
        line(r"\b(?P<name>ProxyCommand)=(?P<text>[^\n'\"]+|\"[^\"\n]+\"|'[^'\n]+')"),
    )


class Tmux(Lines):
    """tmux(1): ``run-shell``, ``if-shell``, ``pipe-pane``, ``#( )`` in status lines; screen(1): ``exec``, ``screen``, ``backtick``."""

    id = "terminal-multiplexer"
    rank = 20
    names: ClassVar[tuple[str, ...]] = (
        ".tmux.conf",
        "tmux.conf",
        "*.tmux.conf",
        ".tmux.conf.*",
        "tmux/*.conf",
        ".screenrc",
        "screenrc",
    )
    replaced = ((re.compile(r"\\([\"$\\])"), r"\1"),)
    remark = re.compile(r"^[ \t]*#(?!\()[^\n]*", re.MULTILINE)
    lines = (
        line(r"\b(?:run-shell|run|if-shell|if|pipe-pane|popup|display-popup)[ \t]+(?:-[a-zA-Z]+[ \t]+(?:[\w:.%]+[ \t]+)??)*"
             r"\"(?P<text>(?:\\.|[^\"\\\n])+)\""),
        line(r"\b(?:run-shell|run|if-shell|if|pipe-pane|popup|display-popup)[ \t]+(?:-[a-zA-Z]+[ \t]+(?:[\w:.%]+[ \t]+)??)*"
             r"'(?P<text>[^'\n]+)'"),
        line(r"\b(?:new-window|neww|split-window|splitw|new-session|respawn-pane|default-command)[ \t]+[^\n]*?[\"'](?P<text>(?:\\.|[^\"'\\\n])+)[\"']"),
        line(r"#\((?P<text>[^()\n]+(?:\([^()\n]*\)[^()\n]*)*)\)"),
        line(r"^[ \t]*exec[ \t]+(?:[.!|:]+[ \t]+)?(?P<words>[^\n]+)"),
        line(r"^[ \t]*screen[ \t]+(?:-\w+[ \t]+\S+[ \t]+)*(?:\d+[ \t]+)?(?P<words>[a-z/][^\n]+)"),
        line(r"^[ \t]*backtick[ \t]+\d+[ \t]+\d+[ \t]+\d+[ \t]+(?P<words>[^\n]+)"),
    )  # fmt: skip


class WebServer(Lines):
    """nginx with Lua and Perl, Apache's piped logs, ``prg:`` maps and ``<Perl>`` sections (each module's reference)."""

    id = "web-server"
    rank = 40
    names: ClassVar[tuple[str, ...]] = (
        "nginx.conf", "*.nginx", "nginx*.conf", "*.nginx.conf", "sites-available/*", "sites-enabled/*", "httpd.conf", "apache2.conf",
        ".htaccess", "conf.d/*.conf", "*.vhost", "*.vhost.conf", "conf-available/*.conf", "vhosts/*.conf", "*.conf",
    )  # fmt: skip
    words: ClassVar[tuple[Searcher, ...]] = (
        re.compile(
            rb"_by_lua|perl_set|\bperl[ \t]+'|(?i:<Perl>|Log[ \t]+\"?\||prg:|#exec|PassPhraseDialog|auto_(?:prepend|append)_file|SetEnv[ \t])"
        ),
    )
    remark = re.compile(r"^[ \t]*#[^\n]*", re.MULTILINE)
    lines = (
        line(
            r"\w+_by_lua_block[ \t]*\{(?P<code>(?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*)\}",
            "lua -e",
            "by_lua_block",
        ),
        line(r"\w+_by_lua[ \t]+'(?P<code>(?:\\.|[^'\\])*)'", "lua -e", "by_lua"),
        line(r"\b(?:perl|perl_set[ \t]+\$\w+)[ \t]+'(?P<code>(?:\\.|[^'\\])*)'", "perl -e", "perl"),
        line(r"<[Pp]erl>[ \t]*\n(?P<code>(?:(?!</[Pp]erl>)[^\n]*\n)*)", "perl -e", "<Perl>"),
        line(r"^[ \t]*\w*Log[ \t]+\"\|+\$?(?P<text>(?:\\.|[^\"\\\n])+)\"", symbol="piped log"),
        line(r"^[ \t]*RewriteMap[ \t]+\S+[ \t]+\"?prg:(?P<words>(?:\\.|[^\"\\\n])+)", symbol="RewriteMap"),
        line(r"^[ \t]*SSLPassPhraseDialog[ \t]+\"?(?:\||exec:)(?P<words>[^\"\n]+)", symbol="SSLPassPhraseDialog"),
        line(r"<!--#exec[ \t]+cmd=\"(?P<text>(?:\\.|[^\"\\])+)\"", symbol="#exec"),
    )
    replaced = ((re.compile(r"\\\""), '"'),)
    _php = lazy(
        r"^[ \t]*php_(?:admin_)?(?:value|flag)[ \t]+(?P<name>[\w.]+)[ \t]+(?P<quote>\"?)(?P<value>(?:(?!(?P=quote)(?:\s|\Z))[^\n])+)",
        re.MULTILINE,
    )
    _variable = lazy(
        r"^[ \t]*SetEnv[ \t]+(?P<name>\w+)[ \t]+(?P<quote>\"?)(?P<value>(?:(?!(?P=quote)(?:\s|\Z))[^\n])+)",
        re.MULTILINE,
    )

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Yield what PHP runs around every page by its settings, and what variables make an interpreter run (mod_env, for CGI), too."""
        yield from super().read(document)
        for match in self._variable.finditer(document.text):
            yield from carried(match["name"], match["value"].replace('\\"', '"'), match.span("value"), ("SetEnv",))
        settings = list(self._php.finditer(document.text))
        given = tuple(word for match in settings for word in ("-d", f'{match["name"]}="{match["value"]}"'))
        for match in settings:
            if match["name"] in ("auto_prepend_file", "auto_append_file"):
                yield Start(argv=("php", *given, "index.php"), span=match.span(), symbol=(match["name"],))


class Npmrc(FileType):
    """npm's configuration (npmrc(5)): ``node-options`` is Node's, of every script; ``script-shell``, ``git`` and the editor are started."""

    id = "npmrc"
    comments: ClassVar[tuple[str, ...]] = (";", "#")
    rank = 20
    names: ClassVar[tuple[str, ...]] = (".npmrc", "npmrc", "*.npmrc")
    words: ClassVar[tuple[Searcher, ...]] = (
        re.compile(rb"(?m)^[ \t]*(?:node-options|script-shell|git|editor|viewer|shell)[ \t]*="),
    )
    _line = re.compile(
        r"^[ \t]*(?P<name>node-options|script-shell|git|editor|viewer|shell)[ \t]*=[ \t]*(?P<value>[^\n]+)",
        re.MULTILINE,
    )

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Yield what each setting makes npm start."""
        for match in self._line.finditer(document.text):
            value = match["value"].strip()
            value = value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value
            low = document.text.find(value, match.start("value"))
            span = (low, low + len(value))
            if match["name"] == "node-options":
                yield from carried("NODE_OPTIONS", value, span, ("node-options",), {"hook": "install"})
            else:
                argv = split(value)
                yield Start(argv=argv, span=span, symbol=(match["name"],), context={"hook": "install"})


class IdeaRun(Lines):
    """JetBrains' run configurations: the shell script's text."""

    id = "idea-run"
    comments: ClassVar[tuple[str, ...]] = ("<!--",)
    rank = 20
    names: ClassVar[tuple[str, ...]] = (
        ".idea/*.xml",
        ".idea/runConfigurations/*.xml",
        ".idea/tools/*.xml",
        ".run/*.run.xml",
        "*.run.xml",
        "*.iml",
    )
    replaced = (
        (re.compile(r"\"[^<>\"]*>\s*<option name=\"(?:PARAMETERS|arguments)\" value=\""), " "),
        (re.compile(r"&#10;"), "\n"), (re.compile(r"&quot;|&#34;"), '"'), (re.compile(r"&apos;|&#39;"), "'"), (re.compile(r"&lt;"), "<"),
        (re.compile(r"&gt;"), ">"), (re.compile(r"&amp;"), "&"), (re.compile(r"\$[A-Z][A-Za-z_]*\$"), UNKNOWN),
    )  # fmt: skip
    lines = (
        line(r"<option name=\"(?P<name>SCRIPT_TEXT)\" value=\"(?P<text>[^\"]*)\""),
        line(
            r"<option name=\"(?P<name>COMMAND|program)\" value=\"(?P<text>[^\"]*\"[^<>]*>\s*<option name=\"(?:PARAMETERS|arguments)\" value=\"[^\"]*)\""
        ),
        line(
            r"<(?P<name>option|property) (?:name|key)=\"(?:command|SHELL_COMMAND|programParameters)\" value=\"(?P<text>[^\"]*)\""
        ),
    )


class Inventory(Lines):
    """Ansible's inventories (ini): the command that a connection goes through."""

    id = "ansible-inventory"
    comments: ClassVar[tuple[str, ...]] = ("#", ";")
    rank = 40
    names: ClassVar[tuple[str, ...]] = (
        "hosts.ini",
        "inventory",
        "inventory.ini",
        "inventory/*",
        "inventories/*/hosts*",
        "*.inventory",
    )
    marks = (re.compile(r"\bansible_\w+[ \t]*="),)
    lines = (
        line(
            r"\bansible_ssh_\w*args[ \t]*=[^\n]*?ProxyCommand=(?P<q>\\?[\"']?)(?P<text>(?:(?!(?P=q)(?:[\s'\"]|$))[^\n])+)",
            symbol="ProxyCommand",
        ),
    )
