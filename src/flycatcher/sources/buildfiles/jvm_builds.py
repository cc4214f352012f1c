"""sbt and other builds in Scala, TeamCity's settings in Kotlin, Gradle's in Kotlin: literals that are started."""

from __future__ import annotations

from typing import ClassVar

from flycatcher.sources.buildfiles.engine.literals import CURLY, Sources, opening


class Sbt(Sources):
    """``Process(...)``, and ``!`` behind a text or a sequence (scala.sys.process): words, no shell."""

    id = "sbt"
    comments: ClassVar[tuple[str, ...]] = ("//", "/*")
    rank = 40
    names: ClassVar[tuple[str, ...]] = ("*.sbt", "*.scala", "*.sc")
    literals = CURLY
    openings = (
        opening(r"\b(?P<name>Process)\([ \t\n]*(?=\")", "words"),
        opening(r"\b(?P<name>Process)\([ \t\n]*(?:Seq|List)\([ \t\n]*", "list"),
        opening(r"(?<!\w)(?P<name>Seq|List)\([ \t\n]*(?=\"[^\"\n]+\"[ \t\n]*,[ \t\n]*\"-)", "list"),
        opening(
            r"(?=\"(?:\\.|[^\"\\\n])+\"[ \t]*\.?(?:!!?|lineStream|lazyLines|#\||#&&|#>)(?![=\w]))", "words", symbol="!"
        ),
        opening(r"\bos\.(?P<name>proc|call)\([ \t\n]*(?:\(|cmd = \()?", "list"),
    )


class GradleKotlin(Sources):
    """Gradle in Kotlin: ``commandLine``, ``exec``, ``ProcessBuilder`` (Gradle's Exec task)."""

    id = "gradle-kotlin"
    comments: ClassVar[tuple[str, ...]] = ("//", "/*")
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("*.gradle.kts", "*.kts")
    literals = CURLY
    openings = (
        opening(r"\b(?P<name>commandLine)[ \t]*[(=][ \t\n]*(?:(?:mutableL|l|arrayL)istOf|arrayOf)?[ \t]*\(?", "list"),
        opening(r"\b(?P<name>ProcessBuilder)\([ \t\n]*(?:(?:mutableL|l)istOf|arrayOf)?\(?", "list"),
        opening(r"\b(?P<name>exec)\([ \t\n]*(?:arrayOf\()?(?=\"[^\"\n]+\"[ \t\n]*,)", "list"),
        opening(r"\bgetRuntime\(\)\.(?P<name>exec)\([ \t\n]*(?=\")", "words"),
        opening(r"\b(?P<name>executable)[ \t]*[=(][ \t]*(?=\"[^\"\n]*\"\)?[ \t\n;]+args)", "beside"),
        opening(r"\b(?P<name>scriptContent)[ \t]*=[ \t\n]*(?=\")"),
    )
