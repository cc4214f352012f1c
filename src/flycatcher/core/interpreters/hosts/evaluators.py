"""Programs that evaluate an expression on their command line: lldb, Blender, SageMath, Swift, resty, exim.

Source: lldb(1), the manuals of Blender ("Command Line Arguments"), SageMath (sage -advanced), swift(1) and resty(1), exim(8).
"""

from __future__ import annotations

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import EXIT, VALUE, Option, Options, each

_CODE = Option("value", "code")


class _Evaluator(Interpreter):
    """What its options do not name is left to the program."""

    kind = "embedded"
    reads_stdin = False
    operand = "none"


class Lldb(_Evaluator):
    """lldb: -o and -O commands of its own, which start shells and Python (``script``, ``platform shell``)."""

    id = "lldb"
    language = "gdb"
    names = (r"lldb(?:-?\d[\d.]*)?",)
    install = "apt: lldb"
    options = Options(
        parser="own",
        short={"o": _CODE, "O": _CODE, "k": _CODE, "K": VALUE, "s": Option("value", "load"), "S": Option("value", "load"),
               **each("fcnpaw", VALUE), **each("hv", EXIT)},
        long={
            "--one-line": _CODE, "--one-line-before-file": _CODE, "--one-line-on-crash": _CODE, "--source": Option("value", "load"),
            **each(("--help", "--version"), EXIT), **each(("--file", "--core", "--arch", "--attach-name", "--attach-pid"), VALUE),
        },
        unknown="skip", permute=True,
    )  # fmt: skip


class Blender(_Evaluator):
    """blender: --python-expr."""

    id = "blender"
    language = "python"
    technique = "T1059.006"
    names = (r"blender(?:-?\d[\d.]*)?",)
    install = "apt: blender"
    options = Options(
        parser="own",
        long={"--python-expr": _CODE, "--python": Option("value", "load"), "-P": Option("value", "load")},
        unknown="skip", permute=True, equals=False,
    )  # fmt: skip


class Sage(_Evaluator):
    """sage: -c, in front of everything else."""

    id = "sage"
    language = "python"
    technique = "T1059.006"
    names = (r"sage",)
    install = "apt: sagemath"
    options = Options(parser="own", long={"-c": Option("value", "code", last=True)}, unknown="skip", equals=False)


class Swift(_Evaluator):
    """swift: -e runs text (from 5.8 on)."""

    id = "swift"
    language = "swift"
    names = (r"swift",)
    install = "swift.org"
    options = Options(parser="own", long={"-e": _CODE}, unknown="skip", equals=False)


class Resty(_Evaluator):
    """resty of OpenResty: -e runs Lua in nginx."""

    id = "resty"
    language = "lua"
    technique = "T1059.011"
    names = (r"resty",)
    install = "openresty.org"
    options = Options(
        parser="own",
        short={"e": _CODE, **each("clI", VALUE), **each("hvV", EXIT)},
        long=each(("--http-conf", "--http-include", "--main-conf", "--main-include", "--ns", "--shdict", "--errlog-level"), VALUE),
        unknown="skip",
    )  # fmt: skip


class Exim(_Evaluator):
    """exim: -be expands a string, in which ``${run`` starts programs."""

    id = "exim"
    language = "shell"
    names = (r"exim4?",)
    install = "apt: exim4"
    options = Options(parser="own", long={"-be": Option(role="operand")}, unknown="skip", equals=False)
