"""Groovy, Java, Kotlin and what else calls the JVM's classes the same way."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import clike
from flycatcher.core.payload.frontends.clike import C_COMMENTS, Dialect
from flycatcher.core.payload.language import Language, Starts, starting

LANGUAGE = Language(
    id="groovy",
    aliases=("java", "jshell", "kotlin", "beanshell", "gradle", "clojure-java"),
    parse=partial(clike.parse, dialect=Dialect(comments=C_COMMENTS, long_quotes=True)),
    starts=starting(
        "Runtime.getRuntime().exec java.lang.Runtime.getRuntime().exec ProcessBuilder java.lang.ProcessBuilder",
        Starts("javaexec"),
    )
    | starting("*.execute", Starts("receiver"))
    | starting("scala.sys.process.Process Process"),
    runs={"Eval.me": 0, "evaluate": 0, "*.evaluate": 0, "*.eval": 0},
)
