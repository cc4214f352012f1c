"""Makes shell snippets that start recorders in many spellings. Everything in them is harmless."""

from __future__ import annotations

import base64
import random
import shlex

NAMES = ("python3", "perl", "node", "ruby", "php")
TEXTS = (
    "print(1)",
    "a b",
    "x'y",
    'x"y',
    "$HOME",
    "a\nb",
    "*",
    "é→",
    "\\n",
    "a{b,c}d",
    "#x",
    ";",
    "  two  ",
    "a\\b",
    "`q`",
    "!z",
    "print('hello world')",
    'say "hi $x"',
    "{1..3}",
    "1;2|3&4",
    "a=b",
    "-x",
    "[z]",
    "%s%d",
    "tab\there",
    "x" * 60,
    "C:\\dir\\n",
    "$(no)",
    "${no}",
    "end\\",
    "~",
    "a,b",
    "''",
    '""',
    "1 # 2",
    "(a)",
    "<a>",
    "\\x41",
    "\\101",
    "&&",
    "--",
)


class Maker:
    """One seeded source of snippets for one shell."""

    def __init__(self, seed: int, dialect: str) -> None:
        self.random = random.Random(seed)
        self.bash = dialect == "bash"
        self.setup: list[str] = []
        self.count = 0
        self.straight = True

    def pick(self, *items):
        return self.random.choice(items)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def name(self) -> str:
        self.count += 1
        return f"v{self.count}"

    def text(self) -> str:
        return self.pick(*TEXTS)

    # -- one word ------------------------------------------------------------------------------------------------

    def word(self, text: str, depth: int = 0) -> str:
        """Spell a text as one word."""
        ways = [self.single, self.double, self.backslashed, self.mixed]
        if self.bash:
            ways.append(self.ansi)
        if depth < 2 and self.chance(0.5):
            ways = [
                self.variable,
                self.default,
                self.prefixed,
                self.suffixed,
                self.printed,
                self.backticked,
                self.decoded,
                self.alternative,
            ]
            if self.bash:
                ways += [
                    self.replaced,
                    self.sliced,
                    self.item,
                    self.indirect,
                    self.reversed,
                    self.printf_v,
                    self.read_back,
                ]
        return self.random.choice(ways)(text, depth)

    def single(self, text: str, _: int = 0) -> str:
        return shlex.quote(text) if text else "''"

    def double(self, text: str, _: int = 0) -> str:
        return '"' + "".join("\\" + char if char in '\\$`"' else char for char in text) + '"'

    def backslashed(self, text: str, _: int = 0) -> str:
        return "".join("'\n'" if char == "\n" else "\\" + char if not char.isalnum() else char for char in text) or "''"

    def ansi(self, text: str, _: int = 0) -> str:
        out = []
        for char in text:
            code = char.encode()
            ways = [char] if char not in "'\\" else ["\\" + char]
            if len(code) == 1:
                ways += [f"\\x{code[0]:02x}", f"\\{code[0]:03o}"]
            ways.append(f"\\u{ord(char):04x}")
            if char == "\n":
                ways = ["\\n", "\\x0a"]
            out.append(self.pick(*ways))
        return "$'" + "".join(out) + "'"

    def mixed(self, text: str, _: int = 0) -> str:
        cut = self.random.randint(0, len(text))
        return self.pick(self.single, self.double)(text[:cut]) + self.pick(self.double, self.backslashed)(text[cut:])

    def variable(self, text: str, depth: int) -> str:
        name = self.name()
        self.setup.append(f"{name}={self.word(text, depth + 1)}")
        return self.pick(f'"${name}"', f'"${{{name}}}"', f'"${{{name}:-other}}"', f'"${{{name}-x}}"')

    def default(self, text: str, depth: int) -> str:
        inner = self.word(text, depth + 1)
        if self.bash and "{" not in text and "}" not in text and self.chance(0.3):
            return f"${{unset{self.name()}:-{self.single(text)}}}"
        name = self.name()
        self.setup.append(f"{name}={inner}")
        return f'"${{u{name}:-${name}}}"'

    def alternative(self, text: str, depth: int) -> str:
        name = self.name()
        self.setup.append(f"{name}={self.word(text, depth + 1)}")
        return f'"${{{name}:+${name}}}"'

    def prefixed(self, text: str, depth: int) -> str:
        name = self.name()
        self.setup.append(f"{name}={self.word('a/b/' + text, depth + 1)}")
        return f'"${{{name}#*/*/}}"' if "/" not in text or self.chance(0.5) else f'"${{{name}#a?b[/]}}"'

    def suffixed(self, text: str, depth: int) -> str:
        name = self.name()
        self.setup.append(f"{name}={self.word(text + '.QQ', depth + 1)}")
        return self.pick(f'"${{{name}%.*}}"', f'"${{{name}%.QQ}}"', f'"${{{name}%".QQ"}}"', f'"${{{name}%%.Q*}}"')

    def replaced(self, text: str, depth: int) -> str:
        name = self.name()
        marked = "".join(char + self.pick("", "@@") for char in text)
        self.setup.append(f"{name}={self.word(marked, depth + 1)}")
        return self.pick(f'"${{{name}//@@/}}"', f'"${{{name}//@@}}"') if "@@" in marked else f'"${{{name}/@@/}}"'

    def sliced(self, text: str, depth: int) -> str:
        name = self.name()
        self.setup.append(f"{name}={self.word('ab' + text + 'cd', depth + 1)}")
        return self.pick(f'"${{{name}:2:{len(text)}}}"', f'"${{{name}:2:-2}}"', f'"${{{name}:1+1:{len(text)}}}"')

    def item(self, text: str, depth: int) -> str:
        name = self.name()
        word = self.word(text, depth + 1)
        self.setup.append(
            self.pick(f"{name}=(zero {word} two)", f"{name}[1]={word}", f"{name}=(zero); {name}+=({word})")
        )
        return self.pick(f'"${{{name}[1]}}"', f'"${{{name}[@]:1:1}}"', f'"${{{name}[2-1]}}"')

    def indirect(self, text: str, depth: int) -> str:
        name = self.name()
        self.setup.append(f"{name}={self.word(text, depth + 1)}; p{name}={name}")
        return f'"${{!p{name}}}"'

    def printed(self, text: str, depth: int) -> str:
        return f'"$(printf %s {self.word(text, depth + 1)})"' if not text.startswith("-") else self.single(text)

    def printf_v(self, text: str, depth: int) -> str:
        name = self.name()
        self.setup.append(f"printf -v {name} '%s' {self.word(text, depth + 1)}")
        return f'"${name}"'

    def read_back(self, text: str, depth: int) -> str:
        if "\n" in text or text != text.strip():
            return self.single(text)
        name = self.name()
        self.setup.append(f"read -r {name} <<< {self.word(text, depth + 1)}")
        return f'"${name}"'

    def backticked(self, text: str, depth: int) -> str:
        encoded = base64.b64encode(text.encode()).decode()
        return f'"`echo {encoded} | base64 -d`"' if depth else f"\"`printf '%s' {encoded} | base64 --decode`\""

    def decoded(self, text: str, _: int) -> str:
        data = text.encode()
        ways = [
            f'"$(echo {base64.b64encode(data).decode()} | base64 -d)"',
            "\"$(printf '" + "".join(f"\\{byte:03o}" for byte in data) + "')\"",
            f'"$(echo {base64.b32encode(data).decode()} | base32 -d)"',
        ]
        if "\n" not in text:
            ways.append(f"\"$(printf '%s\\n' {shlex.quote(text[::-1])} | rev)\"" if not text.endswith("-") else ways[0])
            ways.append(f"\"$(printf '%s' {shlex.quote(text.swapcase())} | tr 'a-zA-Z' 'A-Za-z')\"")
            ways.append(f"\"$(printf 'ZZ%sZZ\\n' {shlex.quote(text)} | sed 's/ZZ//g')\"")
            ways.append(f"\"$(printf 'no\\n%s\\nno\\n' {shlex.quote(text)} | head -n 2 | tail -n 1)\"")
            ways.append(f"\"$(printf 'no\\t%s\\n' {shlex.quote(text)} | cut -f 2)\"" if "\t" not in text else ways[0])
        return self.random.choice(ways)

    def reversed(self, text: str, depth: int) -> str:
        name = self.name()
        low = text.lower()
        if low != text or not text.isascii():
            return self.single(text)
        self.setup.append(
            f"{name}={self.word(text.upper(), depth + 1)}"
            if text.upper().lower() == text
            else f"{name}={self.single(text)}"
        )
        return f'"${{{name},,}}"'

    # -- commands ------------------------------------------------------------------------------------------------

    def program(self) -> str:
        name = self.pick(*NAMES)
        ways = [name, name, self.double(name), f"{name[:2]}''{name[2:]}", f"\\{name}", f"{name[0]}\\{name[1:]}"]
        if self.bash:
            ways.append(f"$'{name}'")
        if self.chance(0.3):
            variable = self.name()
            self.setup.append(f"{variable}={name}")
            ways = [
                f"${variable}",
                f"${{{variable}}}",
                f"$(echo {name})",
                f"${{none{variable}:-{name}}}",
                f"`echo {name}`",
            ]
        return self.random.choice(ways)

    def simple(self) -> str:
        """A program with its code in an argument, or on a descriptor."""
        way = self.pick(
            "argument",
            "argument",
            "argument",
            "pipe",
            "heredoc",
            "herestring",
            "process",
            "redirect",
            "split",
            "braces",
            "fields",
        )
        program = self.program()
        flag = self.pick("-c", "-e", "-Sc", "-r")
        if way == "pipe":
            return f"{self.left()} | {program} {self.pick('', '-')}"
        if way == "heredoc":
            return self.heredoc(program)
        if way == "herestring" and self.bash:
            return f"{program} {self.pick('', '-')} <<< {self.word(self.text())}"
        if way == "process" and self.bash:
            return f"{program} <({self.left()})"
        if way == "redirect" and self.bash:
            return self.pick(f"3<<<{self.single(self.text())} {program} /dev/fd/3", f"{program} < <({self.left()})")
        if way == "split":
            name = self.name()
            options = self.pick('"-c  x y"', '" -c a"', "'-c\tz'", "'-e *x'")
            self.setup.append(f"{name}={options}")
            second = self.pick("$" + name, "${nothing}", '"$nothing"', "$nothing$nothing", "x${nothing}")
            return f"{program} ${name} {second}"
        if way == "braces" and self.bash:
            return f"{{{program},{flag},{self.word('x' + str(self.count), 2)}}}" + self.pick(
                "", " y{1..3}", " {a,b}{c,d}", " a{}b", " {x}", " z{01..03}", " {c..a}", ' "{a,b}"'
            )
        if way == "fields" and self.bash:
            name = self.name()
            self.setup.append(f"{name}=({flag} {self.word(self.text())} {self.word(self.text())})")
            each = self.pick("@", "*")
            return f'{program} "${{{name}[{each}]}}"'
        return f"{program} {flag} {self.word(self.text())}"

    def left(self) -> str:
        """A command whose output is known."""
        text = self.text()
        ways = [
            f"printf '%s\\n' {self.word(text)}",
            f"echo {shlex.quote(base64.b64encode(text.encode()).decode())} | base64 -d",
            "printf 'a\\tb\\n%s %d\\n' x 7",
            "printf '%s-' a b c",
            "echo one two   three",
            "echo 'a\\tb'",
            "echo -n x",
            "{ echo a; echo b; }",
            "(echo sub; printf x)",
            "echo abc | rev",
            "echo hello | tr a-y b-z",
            "echo 'x y z' | cut -d' ' -f2-",
            "printf '%5s|%-5s|%03d|%x' a b 7 255",
            "printf '%b' 'q\\nw'",
            "seq 3",
            "echo 68656c6c6f | xxd -r -p",
            "printf '%s\\n' 3 1 2 | sort",
            "echo a; echo b",
            "echo aXbXc | sed 's/X/-/g;s/a/A/'",
        ]
        if self.bash:
            ways += [
                "echo -e 'a\\tb\\x41'",
                "echo -ne 'x\\n'",
                "echo -E 'a\\tb'",
                "printf '\\x41\\u00e9'",
                "printf '%q' 'a b' > /dev/null; echo y",
            ]
        else:
            ways += ["echo '\\0101\\c zzz'", "printf '\\101\\n'"]
        return self.random.choice([way for way in ways if ";" not in way or way.startswith(("{", "(", "echo aX"))])

    def heredoc(self, program: str) -> str:
        lines = self.random.sample(
            [
                "print(1)",
                "x = '$v0'",
                "a\\$b \\\\ `echo tick`",
                "\ttabbed",
                "$(echo sub) ${v0:-dflt}",
                "\"quoted\" 'single'",
                "é",
                "",
                "cont\\\ninued",
            ],
            3,
        )
        self.setup.append("v0=val")
        mark = self.pick("EOF", "'EOF'", '"EOF"', "\\EOF", "E'O'F")
        operator = self.pick("<<", "<<", "<<-", "<< ")
        inner = [("\t" + line if operator == "<<-" else line) for line in lines]
        tail = self.pick("", "", " | cat", "; true", " && true") if "-" not in operator else ""
        return (
            f"{program} - {operator}{mark}{tail}\n"
            + "\n".join(inner)
            + "\n"
            + ("\t" if operator == "<<-" else "")
            + "EOF\n"
        )

    def snippet(self) -> str:
        """A whole snippet."""
        self.setup = []
        body = self.wrapped(0)
        more = self.wrapped(1) if self.chance(0.3) else ""
        parts = [*self.setup, body, more]
        comment = self.pick(
            "", "", "# python3 -c not-run\n", "echo python3 -c not-run >/dev/null\n", ": python3 -c 'no'\n"
        )
        return comment + "\n".join(part for part in parts if part) + "\n"

    def wrapped(self, depth: int) -> str:
        if depth >= 3 or self.chance(0.35):
            return self.simple()
        way = self.pick(
            self.assigned,
            self.exported,
            self.function,
            self.conditional,
            self.loop,
            self.case,
            self.chain,
            self.evaluated,
            self.shell,
            self.prefix,
            self.xargs,
            self.group,
            self.substitution,
            self.alias,
            self.trap,
            self.find,
            self.reading,
            self.positional,
            self.shell_stdin,
        )
        return way(depth + 1)

    def assigned(self, _: int) -> str:
        value = self.word(self.text())
        program = self.program()
        return f"{self.pick('RUBYOPT', 'NODE_OPTIONS', 'X1')}={value} {self.pick('', 'Y2=z ')}{program} {self.pick('-v', 'file.x')}"

    def exported(self, _: int) -> str:
        name = self.pick("RUBYOPT", "NODE_OPTIONS", "BASH_ENV1")
        value = self.word(self.text())
        return (
            self.pick(f"export {name}={value}", f"{name}={value}; export {name}", f"{name}={value}\nexport {name} Z9=9")
            + f"\n{self.program()} x.x"
        )

    def function(self, depth: int) -> str:
        name = f"f{self.name()}"
        way = self.pick("args", "all", "body", "shift")
        if way == "args":
            words = f"{self.word(self.text())} {self.word(self.text())}"
            return f'{name}() {{ {self.pick(*NAMES)} -c "$1" "$2" "$#"; }}\n{name} {words}'
        if way == "all":
            return f'{name}() {{\n  local t=1\n  "$@"\n}}\n{name} {self.pick(*NAMES)} -e {self.word(self.text())}'
        if way == "shift":
            return f'{name} () {{ p=$1; shift; $p -e "$*" "$@"; }}; {name} {self.pick(*NAMES)} a "b c"'
        saved, self.setup = self.setup, []
        body = self.wrapped(depth)
        inner = "\n".join([*self.setup, body])
        self.setup = saved
        return f"{name}() {{\n{inner}\n}}\n{name}"

    def conditional(self, depth: int) -> str:
        self.straight = False
        body = self.wrapped(depth)
        return self.pick(
            f"if true; then\n{body}\nfi",
            f"if false; then :; else\n{body}\nfi",
            f"if [ a = b ]; then echo no\nelif [ 1 -lt 2 ]\nthen\n{body}\nfi",
        )

    def loop(self, _: int) -> str:
        way = self.pick("for", "while", "codes")
        if way == "for":
            return f'for i in {self.pick("1 2", "a", "$none x")}; do\n{self.pick(*NAMES)} -c "n $i"\ndone'
        if way == "codes":
            return (
                f'for code in {self.word(self.text())} {self.word(self.text())}; do {self.program()} -e "$code"; done'
            )
        return f'n=0; while [ $n -lt 2 ]; do n=$((n+1)); {self.pick(*NAMES)} -c "x$n"; done'

    def case(self, _: int) -> str:
        self.straight = False
        word = self.pick("abc", '"abc"')
        body = f"{self.pick(*NAMES)} -c {self.word(self.text())}"
        return f"case {word} in\n x|y) echo no;;\n {self.pick('a*', '(abc)', '?b[a-d]')}) {body} ;;\n *) ;;\nesac"

    def chain(self, _: int) -> str:
        self.straight = False
        a, b = f"{self.program()} -c {self.word(self.text())}", f"{self.program()} -e {self.word(self.text())}"
        return self.pick(
            f"true && {a} && {b}",
            f"false || {a}",
            f"{a}; {b}",
            f"! false && {a}",
            f"{a} & wait; {b}",
            f"{a} &&\n  {b}",
            f'a1=q && {self.pick(*NAMES)} -c "$a1"',
        )

    def evaluated(self, _: int) -> str:
        inner = f"{self.pick(*NAMES)} -c {self.word(self.text(), 2)}"
        return f"eval {self.word(inner)}"

    def shell(self, _: int) -> str:
        inner = f"{self.pick(*NAMES)} -c {self.single(self.text())}"
        shells = ["sh", "dash"] + (["bash", "/bin/bash"] if self.bash else [])
        shell = self.pick(*shells)
        flags = (
            self.pick("-c", "-ec", "-e -c", "-xc")
            if shell not in ("bash", "/bin/bash")
            else self.pick("-c", "-euo pipefail -c", "--norc -c", "-c --")
        )
        if self.chance(0.3):
            return f'{shell} {flags} \'{self.pick(*NAMES)} -e "$0" "$@"\' {self.word(self.text())} {self.word(self.text())}'
        return f"{shell} {flags} {self.word(inner)}"

    def shell_stdin(self, _: int) -> str:
        inner = f"{self.pick(*NAMES)} -c {self.single(self.text())}"
        if self.bash and self.chance(0.5):
            return self.pick(
                f"bash <<< {self.word(inner)}",
                f"bash <(printf '%s\\n' {self.word(inner)})",
                f"source <(printf '%s\\n' {self.word(inner)})",
                f". /dev/stdin <<< {self.word(inner)}",
            )
        return self.pick(
            f"printf '%s\\n' {self.word(inner)} | {self.pick('sh', 'sh -s x', 'sh -')}",
            f"sh <<'XX'\n{inner}\nXX",
            f"echo {base64.b64encode(inner.encode()).decode()} | base64 -d | sh",
        )

    def prefix(self, _: int) -> str:
        inner = f"{self.program()} -c {self.word(self.text())}"
        way = self.pick("exec ", "")
        self.straight &= not way
        return (
            way + inner
            if way
            else self.pick(
                "env ",
                "env A1=b ",
                "env -u X ",
                "timeout 5 ",
                "timeout -k 1 -s TERM 5 ",
                "nice ",
                "nice -n 3 ",
                "nohup ",
                "setsid -w ",
                "stdbuf -oL ",
                "command ",
                'env -i PATH="$PATH" R="$R" Q=1 ',
                "timeout --signal=KILL 5 nice env B=2 ",
                "chrt -o 0 ",
                "taskset 1 ",
                "ionice -c 3 ",
                "flock /dev/null ",
                "env -- ",
                "nice -5 ",
                "timeout --foreground 9 ",
                "command -- ",
                "env -u A -u B ",
                "setarch -R ",
            )
            + inner
        )

    def xargs(self, _: int) -> str:
        name = self.pick(*NAMES)
        return self.pick(
            f"echo a b c | xargs {name} -e",
            f"printf '%s\\n' 'x y' z | xargs -I{{}} {name} -c {{}}",
            f"printf 'a b\\0c' | xargs -0 {name} -e",
            f"echo 1 2 3 | xargs -n 1 {name} -c",
            f"echo \"'q r' s\" | xargs {name} -e",
            f"printf 'k\\nl\\n' | xargs -I % sh -c '{name} -e %'",
            f"echo x,y | xargs -d, -n1 {name}",
            f"printf '1 2\\n3\\n' | xargs -L1 {name}",
            f"echo | xargs -r {name} -e",
        )

    def group(self, _: int) -> str:
        body = f"{self.program()} -c {self.word(self.text())}"
        return self.pick(
            f"({body})",
            f"{{ {body}; }}",
            f"( cd /tmp; {body} )",
            f"{{ {self.pick(*NAMES)} -; }} <<'ZZ'\nhere\nZZ",
            f"{{ {body}; }} 2>/dev/null",
            f"({body}) 2>&1 | cat",
        )

    def substitution(self, _: int) -> str:
        inner = f"{self.pick(*NAMES)} -c {self.word(self.text(), 1)}"
        return self.pick(
            f"x=$({inner})",
            f'echo "$({inner})"',
            f"x=`{self.pick(*NAMES)} -e 'q w'`",
            f": $({inner})",
            f'[ -n "$({inner})" ]',
            f"y=${{z:-$({inner})}}",
        )

    def alias(self, _: int) -> str:
        before = "shopt -s expand_aliases\n" if self.bash else ""
        return f"{before}alias zz{self.count}='{self.pick(*NAMES)} -c'\nzz{self.count} {self.word(self.text())}"

    def trap(self, _: int) -> str:
        inner = f"{self.pick(*NAMES)} -c {self.single(self.text())}"
        self.straight = False
        return f"trap {self.word(inner)} EXIT"

    def find(self, _: int) -> str:
        code = self.word(self.text() + "z")
        return self.pick(
            f"find /dev/null -exec {self.pick(*NAMES)} -e {code} \\;",
            f"find /dev/null -exec sh -c '{self.pick(*NAMES)} -c x \"$1\"' _ {{}} ';'",
            f"find /dev/null -maxdepth 0 -exec {self.pick(*NAMES)} -c y {{}} +",
        )

    def reading(self, _: int) -> str:
        name = self.pick(*NAMES)
        return self.pick(
            f"printf 'a b\\nc d\\n' | while read x y; do {name} -c \"$y $x\" </dev/null; done",
            f"while IFS=: read -r a b; do {name} -e \"$b\" </dev/null; done <<'QQ'\nk:v w\nm:n:o\nQQ",
        )

    def positional(self, _: int) -> str:
        name = self.pick(*NAMES)
        return self.pick(
            f'set -- {name} -c {self.word(self.text())}\n"$@"',
            f'set -- a \'b c\'; {name} -e "$2" "$*" $*',
            f'set -- {name} x y; p=$1; shift; $p "$@" $#',
            f"IFS=,; v='{name},-c,a b'; $v; unset IFS",
        )
