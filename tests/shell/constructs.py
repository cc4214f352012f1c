"""Shell snippets written by hand, one construct each, which start recorders. The real shells say what is right.

``BOTH`` are for bash and dash, ``BASH`` for bash alone; a line ``--`` stands between two. Everything in them is harmless.
What the reader leaves unknown on purpose is not in here: tilde and pathname expansion, what compressors print, patterns' groups.
"""

BOTH = r"""
python3 - <<-EOF
	tabs go
	EOF
--
python3 - <<'E O F'
$kept
E O F
--
python3 - <<\EOF
$kept `too` \n
EOF
--
python3 - <<"E"F
$kept
EF
--
x=1; python3 - <<EOF
$x ${x} ${y:-d} $((x+1)) `echo b` $(echo c) \$x \\ \
joined
EOF
--
python3 - <<A; perl - <<B
one
A
two
B
--
cat <<EOF | python3 -
piped
EOF
--
{ python3 -; } <<EOF
group
EOF
--
(perl -) <<EOF
subshell
EOF
--
if python3 - ; then :; fi <<EOF
condition
EOF
--
while read l; do python3 -c "$l"; done <<EOF
a 1
b 2
EOF
--
read a b <<EOF
one two three
EOF
python3 -c "$a" "$b"
--
python3 -c "$(cat <<EOF
inside
EOF
)"
--
python3 -c `echo one`
--
python3 -c "`echo \`echo two\``"
--
python3 -c $(echo $(echo $(echo three)))
--
python3 -c "$(printf '%s\n' a b)"
--
python3 -c "$(printf '%03d|%x|%o|%c|%5s|%-5s|' 7 255 8 zed ab ab)"
--
python3 -c "$(printf '\101\x42\n' )"
--
python3 -c "$(printf '%b' 'a\tb\0101')"
--
python3 -c "$(printf '%s-%s ' a b c)"
--
python3 -c "$(printf %%)"
--
python3 -c "$((1+2*3)) $((7/2)) $((7%4)) $((1<<4)) $((0x10)) $((010)) $((5>3)) $((!0)) $((~0))"
--
x=5; python3 -c $((x*x)) $(( $x + x ))
--
x=abcdef; python3 -c "${x#a}" "${x%f}" "${x##*c}" "${x%%d*}" "${#x}"
--
x=/a/b/c.tar.gz; python3 -c "${x##*/}" "${x%.*}" "${x%%.*}" "${x%/*}"
--
unset u; python3 -c "${u:-a}" "${u-b}" "${u:=c}" "$u" "${u:+d}" "${u+e}"
--
e=; python3 -c "${e:-a}" "${e-b}" "${e:+c}" "${e+d}"
--
x='a b'; python3 -c $x "$x" '$x'
--
x='a  b'; python3 -c "$x" $x
--
set -- -c 'p q' r; python3 "$@"
--
set -- -c a b; python3 $*
--
set -- -c a; python3 "$1" "$2" "$#"
--
set -- a -c b; shift; python3 "$@"
--
IFS=,; x=-c,a,b; python3 $x
--
IFS=:; set -- -c a b; python3 -c "$*"
--
x=python3; $x -c var
--
x='python3 -c'; $x word
--
p=pyth; q=on3; $p$q -c joined
--
p'y't"h"o\n3 -c quoted
--
'python3' -c whole
--
"python3" -c whole
--
/usr/bin/env python3 -c env
--
env A=1 python3 -c env2
--
env -i PATH="$PATH" R="$R" python3 -c clean
--
env -u A python3 -c unset
--
env -S 'python3 -c split'
--
env -S 'python3 -c "two words"'
--
A=1 B="2 3" python3 -c assigned
--
A=1; python3 -c notexported
--
export A=1; python3 -c exported
--
export A; A=2; python3 -c later
--
readonly A=3; export A; python3 -c ro
--
eval python3 -c '"a b"'
--
eval "python3 -c 'a b'"
--
eval 'x=1;' python3 -c '$x'
--
x='python3 -c "q r"'; eval "$x"
--
f() { python3 -c "$1"; }; f arg
--
f() { perl -e "$@"; }; f a b
--
f() ( ruby -e sub ); f
--
python3() { command python3 -c shadow; }; python3 -c ignored
--
python3() { echo no; }; command python3 -c real
--
f() { g "$1"; }; g() { node -e "$1"; }; f deep
--
f() { return 1; }; f || python3 -c failed
--
f() { local x=1; python3 -c "$x"; }; f
--
command python3 -c cmd
--
command -p echo x; python3 -c after
--
exec python3 -c ex
--
exec 2>/dev/null; python3 -c after-exec
--
(exec python3 -c inner); perl -e outer
--
nohup python3 -c n
--
nice python3 -c n
--
nice -n 5 python3 -c n
--
timeout 5 python3 -c t
--
timeout -k 1 -s KILL 5 python3 -c t
--
timeout --signal=TERM 5s python3 -c t
--
setsid python3 -c s; sleep 0.2
--
time python3 -c t
--
! python3 -c neg
--
true && python3 -c and
--
false || python3 -c or
--
false && python3 -c never; perl -e always
--
true || python3 -c never; perl -e always
--
[ a = a ] && python3 -c test
--
[ a = b ] || python3 -c test
--
test -n "" || python3 -c empty
--
[ 3 -gt 2 ] && python3 -c num
--
if true; then python3 -c yes; else perl -e no; fi
--
if false; then python3 -c yes; elif true; then ruby -e elif; else perl -e no; fi
--
case abc in a*) python3 -c match;; *) perl -e no;; esac
--
case x in a|x) python3 -c alt;; esac
--
case x in (a) perl -e no;; ([w-z]) python3 -c set;; esac
--
for i in a b c; do python3 -c $i; done
--
for i in "a b" c; do python3 -c "$i"; done
--
for i; do python3 -c no; done; python3 -c end
--
set -- a b; for i; do python3 -c "$i"; done
--
for i in 1 2 3; do [ $i = 2 ] && continue; python3 -c $i; done
--
for i in 1 2 3; do [ $i = 2 ] && break; python3 -c $i; done
--
i=0; while [ $i -lt 3 ]; do python3 -c $i; i=$((i+1)); done
--
i=0; until [ $i -ge 2 ]; do python3 -c $i; i=$((i+1)); done
--
echo a | python3 -
--
echo 'print(1)' | cat | python3
--
printf 'x\ny\n' | head -1 | python3
--
printf 'x\ny\n' | tail -n 1 | python3
--
printf 'b\na\n' | sort | python3
--
echo hello | tr a-z A-Z | python3
--
echo uryyb | tr a-z n-za-m | python3
--
echo olleh | rev | python3
--
echo aGVsbG8= | base64 -d | python3
--
echo aGVsbG8K | base64 --decode | python3 -
--
echo 68656c6c6f | xxd -r -p | python3
--
echo NBSWY3DP | base32 -d | python3
--
echo a:b:c | cut -d: -f2 | python3
--
echo abcdef | cut -c2-4 | python3
--
echo foo | sed s/o/0/g | python3
--
echo foo | sed 's/f/\&/' | python3
--
echo 'a-b' | tr -d - | python3
--
echo aabb | tr -s ab | python3
--
printf 'a\nb\nc\n' | grep b | python3
--
printf 'a\nb\n' | grep -v b | python3
--
echo x | tee /dev/null | python3
--
echo one; python3 -c two
--
python3 -c bg & wait
--
python3 -c "a"'b'c\ d
--
python3 -c 'it'\''s'
--
python3 -c "a\"b\\c\$d\`e\x"
--
python3 -c a\
b
--
python3 \
 -c split
--
python3 -c # comment
--
: python3 -c no; perl -e yes
--
echo python3 -c no; perl -e yes
--
sh -c 'python3 -c inner'
--
sh -c 'python3 -c "$1"' x arg
--
sh -c "python3 -c 'q q'"
--
sh -c 'sh -c "python3 -c deep"'
--
bash -c 'python3 -c b'
--
dash -c 'python3 -c d'
--
sh <<EOF
python3 -c fromstdin
EOF
--
echo 'python3 -c piped' | sh
--
echo 'python3 -c s' | sh -s
--
echo 'python3 -c "$1"' | sh -s arg
--
sh -ec 'python3 -c flags'
--
sh -xc 'python3 -c flags' 2>/dev/null
--
xargs python3 -c < /dev/null; perl -e after
--
echo a b | xargs python3 -c
--
echo 'a b' | xargs -I{} python3 -c '<{}>'
--
printf 'a\nb\n' | xargs -n1 python3 -c
--
printf 'a\0b' | xargs -0 python3 -c
--
echo a | xargs -I X sh -c 'python3 -c X'
--
trap 'python3 -c trapped' EXIT
--
trap 'python3 -c never' EXIT; trap - EXIT; perl -e x
--
. /dev/stdin <<EOF
python3 -c sourced
EOF
--
{ python3 -c one; perl -e two; } | cat
--
( python3 -c one; perl -e two )
--
x=$(python3 -c captured); perl -e "$x"
--
x=`perl -e bt`; :
--
python3 -c a >/dev/null 2>&1
--
python3 -c a </dev/null
--
>/dev/null python3 -c first
--
2>&1 python3 -c first
--
python3 -c a 3</dev/null
--
echo text > f; python3 - < f
--
echo text > f; cat f | python3
--
echo 'perl -e sourced' > f; . ./f
--
cat > f <<EOF
python3 -c viafile
EOF
sh f
--
python3 -c "$USER" "${HOME}"
--
cd /; python3 -c cd
--
umask 022; python3 -c um
--
alias p=python3; p -c noalias 2>/dev/null; perl -e x
--
type python3 >/dev/null; python3 -c t
--
x=1; x=$x$x; python3 -c $x
--
x="a
b"; python3 -c "$x"
--
python3 -c 'a
b'
--
while :; do python3 -c once; break; done
--
busybox sh -c 'python3 -c bb'
--
stdbuf -o0 python3 -c s
--
find . -maxdepth 0 -exec python3 -c f \;
--
find . -maxdepth 0 -exec python3 -c '{}' +
--
set -e; false; python3 -c never
--
set -e; false || true; python3 -c yes
--
exit 0; python3 -c never
--
return 0 2>/dev/null; python3 -c maybe
--
f() { eval "$1"; }; f 'python3 -c evf'
--
a=python3 b=-c; $a $b c
--
a=1; a=2 python3 -c "$a"
--
echo "$(python3 -c x)" >/dev/null
--
: "${x:=python3}"; $x -c colon
--
test -z "$NOPE" && python3 -c z
--
python3 -c "$(echo 'a b' | tr ' ' '_')"
--
python3 -c "$(echo a; echo b)"
--
python3 -c "$(echo '  trim  ')"
--
python3 -c $(echo '  trim  ')
--
openssl enc -d -base64 <<EOF | python3
aGVsbG8=
EOF
--
echo aGVsbG8= | openssl base64 -d | python3
--
awk 'BEGIN{print "from awk"}' | python3
--
command -- python3 -c dd
--
env -- python3 -c dd
--
chrt -i 0 python3 -c c
--
ionice -c3 python3 -c i
"""

BASH = r"""
python3 <<<"here string"
--
python3 - <<< one
--
x=v; perl - <<<"$x y"
--
python3 <(echo sub)
--
python3 -c a <(echo b) <(echo c)
--
cat <(echo one) | python3
--
python3 -c $'a\tb\x41\u00e9\101\'q'
--
python3 -c $"loc"
--
python3 -c {a,b}{1,2}
--
python3 -c {1..4} {a..c} {01..03} {1..9..4}
--
python3 -c a{,b}c {x} {x,y}z
--
{python3,-c,braced}
--
{echo,hi}|{python3,-}
--
x=abcabc; python3 -c "${x/b/X}" "${x//b/X}" "${x/#a/X}" "${x/%c/X}" "${x//b}"
--
x=abcdef; python3 -c "${x:1}" "${x:1:2}" "${x: -2}" "${x:1:-1}" "${x:0:1}"
--
x=abC; python3 -c "${x^}" "${x^^}" "${x,,}" "${x,}" "${x^^[a]}"
--
x=y; y=z; python3 -c "${!x}"
--
a=(-c one two); python3 "${a[@]}"
--
a=(x y z); python3 -c "${a[1]}" "${a[-1]}" "${#a[@]}" "${a[*]}" "${a[@]:1}" "${!a[@]}"
--
a=(1 2); a+=(3); python3 -c "${a[@]}"
--
a[2]=z; a[0]=a; python3 -c "${a[@]}"
--
declare -A m=([k]=v [j]=w); python3 -c "${m[k]}"
--
declare -A m; m[a]=1; python3 -c "${m[a]}"
--
declare x=1; python3 -c $x
--
declare -x E=2; python3 -c d
--
declare -i n=3+4; python3 -c $n
--
declare -l low=ABC; python3 -c $low
--
declare -u up=abc; python3 -c $up
--
local=1; python3 -c $local
--
x=1; x+=2; python3 -c $x
--
printf -v v '%s-%s' a b; python3 -c "$v"
--
read -r a b <<< "one two three"; python3 -c "$a" "$b"
--
IFS=, read -ra arr <<< "a,b,c"; python3 -c "${arr[1]}"
--
read -d x v <<< "abxcd"; python3 -c "$v"
--
mapfile -t lines <<< $'a\nb'; python3 -c "${lines[1]}"
--
mapfile -t l < <(printf 'x\ny\n'); python3 -c "${l[0]}"
--
readarray -t l <<< one; python3 -c "${l[0]}"
--
[[ a == a* ]] && python3 -c dbl
--
[[ -z "" && 1 -lt 2 ]] && python3 -c both
--
[[ a < b ]] && python3 -c less
--
(( 1 + 1 == 2 )) && python3 -c arith
--
(( x = 5, x++ )); python3 -c $x
--
for ((i=0;i<3;i++)); do python3 -c $i; done
--
for i in {1..3}; do python3 -c $i; done
--
let 'x=2+3'; python3 -c $x
--
x=5; ((x+=2)); python3 -c $x
--
function f { python3 -c "$1"; }; f kw
--
function f() { python3 -c "$FUNCNAME"; }; f
--
source /dev/stdin <<< 'python3 -c src'
--
source <(echo 'python3 -c procsub')
--
. <(echo 'python3 -c procsub2')
--
eval "$(echo cHl0aG9uMyAtYyBoaQ== | base64 -d)"
--
bash <<< 'python3 -c bashin'
--
bash <(echo 'python3 -c bps')
--
bash -c "$(echo 'python3 -c sub')"
--
bash -c 'python3 -c "$0" "$1"' zero one
--
bash -O extglob -c 'python3 -c o'
--
bash --norc -c 'python3 -c norc'
--
BASH_ENV=/dev/null bash -c 'python3 -c be'
--
echo x |& python3 -
--
python3 -c a &>/dev/null
--
python3 -c a >&/dev/null
--
coproc python3 -c cop; wait
--
shopt -s expand_aliases
alias p='python3 -c'
p aliased
--
shopt -s expand_aliases; alias q='perl -e '
q two
--
shopt -s extglob
case abc in @(abc|d)) python3 -c ext;; esac
--
x=aaab; python3 -c "${x##+(a)}"
--
set -o noglob; python3 -c *
--
python3 -c "${x@Q}" "${HOME@L}"
--
x='a b'; python3 -c "${x@Q}"
--
echo -e 'a\tb\x41' | python3
--
echo -n text | python3
--
echo -ne 'a\n' | python3
--
echo -E 'a\tb' | python3
--
builtin echo x | python3
--
builtin eval 'python3 -c be'
--
command exec python3 -c ce
--
type -P python3 >/dev/null && python3 -c tp
--
hash python3; python3 -c h
--
time -p python3 -c t
--
select_=1; python3 -c $select_
--
python3 -c "$BASH_VERSINFO" >/dev/null
--
while read -r a b; do python3 -c "$a-$b"; done < <(printf '1 2\n3 4\n')
--
while IFS=: read -r a b; do python3 -c "$a" "$b"; done <<< "x:y"
--
printf '%s\n' {a,b} | python3
--
printf '\u00e9' | python3
--
printf "%d" "'A" | python3
--
x=$'p\x79thon3'; $x -c hex
--
$'\x70ython3' -c hexcmd
--
$(echo python3) -c subst
--
`echo python3` -c subst
--
$(printf '\160ython3') -c octal
--
${x:-python3} -c default
--
a=python b=3; "$a$b" -c cat
--
p=/nowhere/python3; ${p##*/} -c strip
--
x=3nohtyp; $(rev <<< $x) -c rev
--
x=pXython3; ${x/X/} -c repl
--
x=PYTHON3; ${x,,} -c lower
--
i=0; f() { i=$((i+1)); [ $i -lt 3 ] && f; python3 -c $i; }; f
--
trap 'python3 -c dbg' RETURN; f() { :; }; f
--
f() { trap 'python3 -c err' ERR; false; }; f
--
{ echo a; echo b; } | while read l; do python3 -c $l; done
--
cat <<EOF | while read l; do perl -e "$l"; done
m
n
EOF
--
python3 - < <(echo ps)
--
exec 3<<<"fd three"; python3 /dev/fd/3
--
exec 3< <(echo fd); cat <&3 | python3
--
python3 /dev/fd/5 5<<<five
--
python3 /dev/stdin <<< dev
--
x="$(< /dev/null)"; python3 -c "e$x"
--
echo content > g; x=$(<g); python3 -c "$x"
--
tr a b <<< aaa | python3
--
sed 's/x/y/;s/y/z/' <<< x | python3
--
sed -n 2p <<< $'a\nb' | python3
--
awk '{print $2}' <<< "a b c" | python3
--
rev <<< abc | python3
--
base64 -d <<< aGk= | python3
--
xxd -r -p <<< 6869 | python3
--
set -- "a b" c; python3 -c "${@:1:1}" "${*: -1}"
--
set -- 1 2 3; python3 -c "${!#}"
--
python3 -c "${PWD##*/}" "$OLDPWD"
--
((0)) || python3 -c zero
--
case $- in *i*) perl -e inter;; *) python3 -c non;; esac
--
if [[ $BASH ]]; then python3 -c inbash; fi
--
a=x; b=a; python3 -c "${!b}"
--
unset -f nothing; python3 -c uf
--
x=1 y=2; python3 -c "$((x+y))" "$[x+y]"
--
xargs -a <(echo one) python3 -c
--
xargs -d, -n1 python3 -c <<< "a,b"
--
env python3 -c $'nl\nx'
--
timeout 5 bash -c 'python3 -c tb'
--
nohup bash -c 'python3 -c nb' >/dev/null
--
script -qec 'python3 -c scr' /dev/null
--
flock /dev/null python3 -c fl
--
flock /dev/null -c 'python3 -c flc'
"""


def snippets(block: str) -> list[str]:
    """Return the snippets of a block."""
    return block.strip("\n").split("\n--\n")
