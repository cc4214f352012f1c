"""Perl: ways to reach a call. ``⏎`` stands for a line's end."""

from __future__ import annotations

import base64
import binascii

from tests.oracle_payload.grammar import COMMAND, Grammar, Sink, written


def quote(text: str) -> str:
    """Return a text as Perl's single-quoted literal."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


_CODE = "open(W,q{>ran})"
_PIPES = (
    "readpipe(«A»)",
    "print(readpipe «A»)",
    "do{my $x=«A»;`$x`}",
    "do{my $x=«A»;qx{$x}}",
    'do{open(my $f,«A»."|");<$f>}',
    'do{open(my $f,"-|",«A»);<$f>}',
    'do{open(my $f,"|".«A»);close $f}',
    'do{open(my $f,"|-",«A»);close $f}',
    'do{open(my $f,"-|","sh","-c",«A»);<$f>}',
    'do{our $M=«A»."|";open M;<M>}',
    'do{@ARGV=«A»."|";<>}',
    'do{@ARGV=(«A»."|");while(<>){}}',
    "do{require IPC::Open3;IPC::Open3::open3(0,my $b,0,«A»);wait}",
    "do{require IPC::Open2;IPC::Open2::open2(my $a,my $b,«A»);<$a>}",
    "do{require POSIX;POSIX::system(«A»)}",
    'do{require IO::File;IO::File->new(«A»."|")->getline}',
    'do{require IO::Pipe;IO::Pipe->new->reader("sh","-c",«A»)->getline}',
    "do{fork||exec «A»;wait}",
    'do{open(F,"-|")||exec «A»;<F>}',
    'system{"sh"}("sh","-c",«A»)',
    'system("sh","-c",«A»)',
    'do{my @a=("sh","-c",«A»);system(@a)}',
    'do{my @a=("sh","-c",«A»);system{$a[0]}@a}',
)

SINKS = [
    Sink("spawn", COMMAND, "system(«A»)", "system"),
    Sink("spawn", COMMAND, "CORE::system(«A»)", "CORE::system"),
    Sink("spawn", COMMAND, "exec(«A»)", "exec"),
    *(Sink("spawn", COMMAND, call) for call in _PIPES),
    Sink("eval", _CODE, "eval(«A»)", "eval"),
    Sink("eval", _CODE, "CORE::eval(«A»)"),
    Sink("eval", _CODE, "do{my $c=«A»;eval $c}"),
    Sink("eval", _CODE, "sub{eval shift}->(«A»)"),
    Sink("write", "ran", 'open(W,">".«A»)'),
    Sink("write", "ran", 'open(my $w,">",«A»)'),
    Sink("connect", "127.0.0.1", "do{require IO::Socket::INET;IO::Socket::INET->new(PeerAddr=>«A»,PeerPort=>{PORT})}"),
    Sink("connect", "127.0.0.1", "do{use Socket;socket(S,2,1,0);connect(S,pack_sockaddr_in({PORT},inet_aton(«A»)))}"),
    Sink("credentials", "/.aws/credentials", "do{open(my $f,'<',$ENV{HOME}.«A»);print <$f>}"),
]


def _uu(text: str) -> str:
    pieces = [binascii.b2a_uu(text.encode()[at : at + 45]).decode() for at in range(0, len(text), 45)]
    return f'unpack("u",{quote("".join(pieces))})'


ENCODINGS = {
    "plain": quote,
    "hex": lambda text: f'pack("H*","{text.encode().hex()}")',
    "codes": lambda text: "join('',map{chr}(" + ",".join(str(ord(c)) for c in text) + "))",
    "packed": lambda text: 'pack("C*",' + ",".join(str(ord(c)) for c in text) + ")",
    "uuencode": _uu,
    "base64": lambda text: (
        f'do{{require MIME::Base64;MIME::Base64::decode_base64("{base64.b64encode(text.encode()).decode()}")}}'
    ),
    "reversed": lambda text: f"scalar(reverse({quote(text[::-1])}))",
    "joined": lambda text: "(" + ".".join(quote(text[at : at + 4]) for at in range(0, len(text), 4)) + ")",
    "list": lambda text: "join(''," + ",".join(quote(text[at : at + 4]) for at in range(0, len(text), 4)) + ")",
    "escapes": lambda text: '"' + "".join(f"\\x{ord(c):02x}" for c in text) + '"',
    "braces": lambda text: '"' + "".join(f"\\x{{{ord(c):x}}}" for c in text) + '"',
    "octal": lambda text: '"' + "".join(f"\\{ord(c):03o}" for c in text) + '"',
    "format": lambda text: f"sprintf('%s%s',{quote(text[:5])},{quote(text[5:])})",
    "chr": lambda text: "(" + ".".join(f"chr({ord(c)})" for c in text) + ")",
}

CONSTRUCTS = [line.replace("⏎", "\n") for line in r"""
«C»
«F»(«A»)
CORE::GLOBAL::zz()if 0;«C»
*{"f"}=sub{«C»};f()
*f=sub{«C»};f()
BEGIN{*f=sub{«C»}}f 1
BEGIN{«C»}
END{«C»}
INIT{«C»}
CHECK{«C»}
UNITCHECK{«C»}
use POSIX «C»
use List::Util «C»
use constant X=>«C»
use constant X=>do{«C»};
use constant{A=>scalar(«C»)};
use if «C»,strict
use if 1,"strict",«C»
no warnings «C»
no strict «C»
use lib «C»
use Data::Dumper «C»
use overload '""'=>sub{«C»;""};print bless[]
use overload 'bool'=>sub{«C»;1};if(bless[]){}
use overload '+'=>sub{«C»;1};my $x=bless([])+1
use overload '<>'=>sub{«C»;undef};my $x=bless[];<$x>
use overload '&{}'=>sub{sub{«C»}};my $x=bless[];$x->()
use overload 'cmp'=>sub{«C»;1},'""'=>sub{"a"};sort{$a cmp $b}bless([]),1;my $q=bless([]) cmp 1
use overload;overload::constant(integer=>sub{1});«C»
sub f{«C»}f()
sub f{«C»}&f
sub f{«F»(@_)}f(«A»)
sub f{«F»($_[0])}f(«A»)
sub f{my($x)=@_;«F»($x)}f(«A»)
sub f{my $x=shift;«F»($x)}f(«A»)
use feature "signatures";sub f($x=«C»){}f()
my $f=sub{«C»};$f->()
my $f=sub{«C»};&$f
sub{«C»}->()
(sub{«C»})->()
&{sub{«C»}}
&{sub{«F»(@_)}}(«A»)
my %h=(a=>sub{«C»});$h{a}->()
my %h=(a=>sub{«C»});$h{a}()
my @a=(sub{«C»});$a[0]->()
my $h={a=>sub{«C»}};$h->{a}->()
my $h={a=>[sub{«C»}]};$h->{a}[0]()
$_->()for sub{«C»}
$_->(«A»)for sub{«F»(@_)}
map{$_->()}sub{«C»}
map{«F»($_)}«A»
map «F»($_),«A»
grep{«F»($_)}«A»
grep «F»($_),«A»
my @x=sort{«C»;1}1,2
my @x=sort f 1,2;sub f{«C»;1}
«F» $_ for «A»
for(«A»){«F»($_)}
foreach my $x(«A»){«F»($x)}
for(my $i=0;$i<1;$i++){«C»}
while(1){«C»;last}
until(«C»||1){}
«C» if 1
«C» unless 0
1 and «C»
0 or «C»
1&&«C»
0||«C»
undef//«C»
1?«C»:0
do{«C»}
do{«C»}while 0
eval{«C»}
eval «T»
eval{eval «T»}
my $c=«T»;eval $c
$_=«T»;eval
evalbytes «T»
CORE::evalbytes(«T»)
$_='';s<><«C»>e
$_="a";s<a><«C»>e
$_="a";s{a}{«C»}ge
my $x="a";$x=~s<a><«C»>e
$_=«T»;s/(.*)/$1/ee
$_="a";s<a><«T»>ee
"a"=~m<(?{«C»})>
"a"=~m{a(?{«C»})}
"a"=~m<a(??{«C»;""})>
use re "eval";my $x="(?{".«T»."})";"a"=~/$x/
use re "eval";my $x="(?{".«T»."})";"a"=~$x
my $x=qr<(?{«C»})>;"a"=~$x
"a"=~m<a(?(?{«C»})b|)>
split m<(?{«C»})>,"ab"
print "@{[«C»]}"
print "${\ «C»}"
my $x="@{[map{«C»}1]}"
print <<E⏎@{[«C»]}⏎E
print<<"E".<<'F'⏎@{[«C»]}⏎E⏎F
format STDOUT=⏎@*⏎«C»⏎.⏎write
format STDOUT=⏎@<<<⏎do{«C»}⏎.⏎write
$SIG{__WARN__}=sub{«C»};warn 1
local $SIG{__WARN__}=sub{«C»};warn 1
$SIG{__DIE__}=sub{«C»};eval{die}
$SIG{__DIE__}="f";sub f{«C»}eval{die}
$SIG{ALRM}=sub{«C»};kill ALRM=>$$
$SIG{USR1}=sub{«C»};kill "USR1",$$
%SIG=(__WARN__=>sub{«C»});warn 1
@SIG{qw(USR1 USR2)}=(sub{«C»})x2;kill "USR1",$$
sub AUTOLOAD{«C»}f()
sub AUTOLOAD{our $AUTOLOAD;«C»}main->f
sub DESTROY{«C»}bless[]
{my $x=bless[];sub DESTROY{«C»}}
package A;sub new{bless{}}sub DESTROY{«C»}package main;A->new
package A;sub f{«C»}package main;A->f
package A;sub f{«C»}package main;my $m="f";A->$m
package A;sub f{«C»}package main;my $m=A->can("f");$m->()
package A;sub f{«C»}package B;our @ISA="A";package main;B->f
package A{sub f{«C»}}A::f()
sub UNIVERSAL::zz{«C»}main->zz
main->can("f")->();sub f{«C»}
tie my $x,"A";my $y=$x;package A;sub TIESCALAR{bless[]}sub FETCH{«C»}
tie my $x,"A";$x=1;package A;sub TIESCALAR{bless[]}sub STORE{«C»}
tie my %x,"A";my $y=$x{1};package A;sub TIEHASH{bless[]}sub FETCH{«C»}
tie my @x,"A";package A;sub TIEARRAY{«C»;bless[]}
tie *X,"A";print X 1;package A;sub TIEHANDLE{bless[]}sub PRINT{«C»}
unshift@INC,sub{«C»;undef};eval{require X}
push @INC,sub{«C»;undef};eval{require X}
unshift@INC,sub{my $c=«T».";1";open my $f,"<",\$c;$f};require X
BEGIN{unshift@INC,sub{my $c=«T».";1";open my $f,"<",\$c;$f}}use X
BEGIN{$INC{"F.pm"}=1;package F;sub import{«C»}}use F
BEGIN{$INC{"F.pm"}=1}sub F::import{«C»}BEGIN{F->import}
BEGIN{$INC{"F.pm"}=1}sub F::unimport{«C»}BEGIN{F->unimport}
sub f:lvalue{«C»;my $x}f=1
my $x=«C»
my($x)=«C»
our $x=«C»
local $_=«C»
my @x=(«C»)
my %x=(a=>scalar «C»)
my $x=[«C»]
my $x={a=>scalar «C»}
return «C»
sub f{return «C»}f
print «C»
print STDERR «C»
printf "%s",«C»
die «C»
exit «C»
warn «C»
push @x,«C»
my $x=(1,«C»)[1]
my $x=$h{«C»}
my $x=$a[«C»]
@x[«C»]
@h{«C»}=1
substr("a",«C»)
length «C»
scalar(«C»)
lc(«C»)
not «C»
!«C»
-«C»
\«C»
«C».""
"a" x «C»
«C»,«C»
{«C»}
{;«C»}
X:{«C»}
X:for(1){«C»;last X}
;«C»;
unless(0){«C»}
if(0){}else{«C»}
if(0){}elsif(1){«C»}
if(«C»){}
sub f(&){$_[0]->()}f{«C»}
sub f(&@){my $c=shift;$c->(@_)}f{«C»}1
use List::Util "first";first{«C»}1
use List::Util "reduce";reduce{«C»}1,2
use List::Util qw(any);any{«C»}1
List::Util::first(sub{«C»},1);use List::Util
require strict;«C»
our $f="main";$f->g;sub g{«C»}
my $n="f";&$n();sub f{«C»}
my $n="f";$n->();sub f{«C»}
my $n="f";&{\&$n}();sub f{«C»}
&{"f"}();sub f{«C»}
"main"->can("f")->();sub f{«C»}
$main::{f}->();sub f{«C»}
*f{CODE}->();sub f{«C»}
defined &f and f();sub f{«C»}
use subs "f";sub f{«C»}f 1
local *f=sub{«C»};f()
my sub f{«C»}f()
use feature "state";state $x=«C»
use feature "say";say «C»
use v5.36;say «C»
use v5.36;use feature "try";no warnings;try{«C»}catch($e){}
use feature "try";no warnings;try{die}catch($e){«C»}
no warnings;use feature "defer";{defer{«C»}}
__PACKAGE__->can("f")->();sub f{«C»}
sub f{«C»}__PACKAGE__->f
sub f{caller;«C»}do{f}
my $x=sub{$_[0]};$x->(«C»)
(sub{&{$_[0]}})->(sub{«C»})
$x=sub{«C»}and $x->()
«C»;⏎__END__
«C»;⏎__DATA__⏎a
use warnings FATAL=>"all";«C»
@ARGV=1;«C»for@ARGV
«C»foreach 1
goto X;X:«C»
sub X{«C»}X;
&X;sub X{«C»}
X->new;sub X::new{«C»}
new X;sub X::new{«C»}
new X(1);sub X::new{«C»}
""".strip().split("\n")]  # fmt: skip

GRAMMAR = Grammar("perl", ("perl", "-e"), quote, SINKS, [*CONSTRUCTS, *written("perl")], ENCODINGS)
