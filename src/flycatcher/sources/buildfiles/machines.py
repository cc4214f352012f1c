"""What makes machines and what runs on them, in HCL or JSON: Packer, Nomad, and Docker's bake files, each by its own reference."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from flycatcher.sources.buildfiles.engine.filetype import FileType, Searcher
from flycatcher.sources.buildfiles.engine.stands import BY_NAME, At, Stands
from flycatcher.sources.buildfiles.engine.yaml import BRACES

if TYPE_CHECKING:
    from flycatcher.sources.buildfiles.engine.filetype import Document


class Packer(Stands):
    """Packer: lines of shell provisioners (by ``inline_shebang``), commands on the host."""

    id = "packer"
    rank = 40
    format = ""
    comments: ClassVar[tuple[str, ...]] = ("#", "//", "/*")
    names: ClassVar[tuple[str, ...]] = ("*.pkr.hcl", "*.pkr.json", "packer*.json", "template.json", "*.packer.json")
    holes = BRACES
    words: ClassVar[tuple[Searcher, ...]] = (*FileType.words, BY_NAME)
    marks = (re.compile(r"provisioner|post-processor"),)
    at = (
        At("**/provisioner|post-processor|provisioners|post-processors/**/inline", beside="inline_shebang"),
        At("**/provisioner|post-processor|provisioners|post-processors/**/command", "either"),
        At("**/provisioner|post-processor|provisioners|post-processors/**/execute_command", "either"),
        At("**/user_data|user_data_file", dialect="user-data"),
    )


class Nomad(Stands):
    """Nomad: a task's command and its words, checks, scripts in templates."""

    id = "nomad"
    rank = 40
    format = "hcl"
    comments: ClassVar[tuple[str, ...]] = ("#", "//", "/*")
    names: ClassVar[tuple[str, ...]] = ("*.nomad", "*.nomad.hcl", "*.hcl")
    words: ClassVar[tuple[Searcher, ...]] = (re.compile(rb"(?m)^[ \t]*job[ \t]+\""),)
    marks = (re.compile(r"(?m)^[ \t]*job[ \t]+\""), re.compile(r"(?m)^[ \t]*(?:task|group)[ \t]+\""))
    env_keys = ("env",)
    at = (
        At("**/config|check|change_script|init/command", "program", beside="args"),
        At("**/template/data", dialect="user-data"),
    )


class DockerBake(Stands):
    """Docker's bake files (bake file reference): Dockerfiles inside."""

    id = "docker-bake"
    rank = 10
    format = ""
    comments: ClassVar[tuple[str, ...]] = ("#", "//", "/*")
    names: ClassVar[tuple[str, ...]] = ("docker-bake.hcl", "docker-bake*.hcl", "docker-bake.json", "docker-bake*.json")
    at = (At("target/*/dockerfile-inline", dialect="dockerfile"),)

    def accepts(self, document: Document) -> bool:
        """The name tells."""
        return bool(document.text.strip())
