"""Tables of names: what is pure, and where results come from. Names are dotted as the front ends resolve them."""

from __future__ import annotations

SOURCES: dict[
    str, dict[str, str]
] = {  # "network": what is asked for by an address; "connection": whatever a peer sends
    "python": {
        "names": "dir builtins.dir",
        "network": (
            "urllib.request.urlopen urllib.urlopen urllib2.urlopen requests.get requests.post "
            "requests.request httpx.get httpx.post"
            " urllib.request.urlretrieve http.client.HTTPSConnection http.client.HTTPConnection httplib.HTTPConnection"
            " httplib.HTTPSConnection ftplib.FTP aiohttp.ClientSession urllib3.PoolManager *.getresponse"
        ),
        "connection": (
            "socket.socket socket.create_connection socket.recv *.recv *.recvfrom *.recv_into paramiko.SSHClient "
            "telnetlib.Telnet dns.resolver.query paho.mqtt.client.Client telebot.TeleBot discord.Client discord.ext.commands.Bot "
            "socketio.Client websocket.create_connection websocket.WebSocketApp websockets.connect pika.BlockingConnection "
            "irc.bot.SingleServerIRCBot slixmpp.ClientXMPP aiogram.Bot aiogram.Dispatcher"
        ),
        "credential": (
            "keyring.get_password *.get_secret_value browser_cookie3.chrome browser_cookie3.firefox browser_cookie3.load "
            "*.list_secret_for_all_namespaces *.list_namespaced_secret *.read_namespaced_secret *.read_secret_version *.access_secret_version"
        ),
        "decoded": (
            "Crypto.Cipher.AES.new Crypto.Cipher.ARC4.new Crypto.Cipher.DES3.new Cryptodome.Cipher.AES.new nacl.secret.SecretBox "
            "cryptography.fernet.Fernet cryptography.hazmat.primitives.ciphers.Cipher"
        ),
        "file": "open io.open os.open pathlib.Path codecs.open",
        "environment": "os.getenv os.environ.get os.environb.get",
        "host": "socket.gethostname socket.getfqdn getpass.getuser platform.node os.uname platform.uname os.getlogin",
        "input": "input raw_input sys.stdin.read sys.stdin.readline sys.stdin.buffer.read",
        "process": "os.popen subprocess.check_output subprocess.getoutput",
    },
    "perl": {
        "network": "LWP::Simple::get get HTTP::Tiny.new LWP::UserAgent.new",
        "connection": "IO::Socket::INET.new IO::Socket::SSL.new IO::Socket::IP.new recv",
        "file": "readline read",
        "input": "STDIN.getline <STDIN> <ARGV>",
        "host": "hostname Sys::Hostname::hostname getlogin getpwuid",
        "decoded": "Crypt::CBC.new Crypt::Rijndael.new Crypt::RC4",
    },
    "ruby": {
        "network": (
            "URI.open open-uri Net::HTTP.get Net::HTTP.get_response Net::HTTP.new Net::HTTP.start OpenURI.open_uri"
        ),
        "connection": (
            "TCPSocket.new TCPSocket.open TCPServer.new TCPServer.open Socket.tcp UDPSocket.new "
            "OpenSSL::SSL::SSLSocket.new *.accept"
        ),
        "file-or-url": "open Kernel.open",
        "host": "Socket.gethostname Etc.getlogin",
        "file": "File.open File.read IO.read File.readlines File.binread IO.binread",
        "input": "gets $stdin.read STDIN.read ARGF.read",
        "decoded": "*.unpack1 *.unpack OpenSSL::Cipher.new OpenSSL::Cipher::AES.new",
        "credential": "*.get_secret_value",
    },
    "javascript": {
        "network": (
            "http.get https.get http.request https.request fetch axios.get axios.post axios undici.request got"
            " java.net.URL readFully *.openStream"
        ),
        "connection": (
            "net.connect net.createConnection tls.connect net.createServer net.Server http.createServer WebSocket ws"
            " Bun.listen Bun.connect Deno.connect Deno.listen EventSource dgram.createSocket java.net.Socket"
            " socket.io-client socket.io-client.io socket.io-client.connect mqtt.connect amqplib.connect"
        ),
        "credential": "keytar.getPassword keytar.findCredentials *.getSecretValue *.accessSecretVersion *.readNamespacedSecret",
        "decoded": "String.fromCharCode crypto.createDecipheriv crypto.createDecipher CryptoJS.AES.decrypt crypto-js.AES.decrypt",
        "file": "fs.readFileSync fs.readFile fs.createReadStream fs.promises.readFile Deno.readTextFileSync Deno.readTextFile",
        "process": "child_process.execSync",
        "host": "os.hostname os.userInfo os.networkInterfaces Deno.hostname",
        "environment": "Deno.env.get",
    },
    "php": {
        "network": "curl_exec",
        "decoded": "openssl_decrypt mcrypt_decrypt sodium_crypto_secretbox_open",
        "connection": (
            "fsockopen pfsockopen socket_accept socket_read stream_socket_client stream_socket_accept socket_create"
        ),
        "file-or-url": "file_get_contents fopen file",
        "temporary-file": "tmpfile tempnam",
        "environment": "getenv",
        "host": "gethostname php_uname get_current_user",
    },
    "powershell": {
        "network": "*.downloadstring *.downloaddata invoke-webrequest iwr invoke-restmethod irm curl wget",
        "connection": "*.getstream *.read",
    },
    "tcl": {"network": "http::geturl http::data", "connection": "socket"},
    "julia": {"connection": "connect accept", "environment": "getenv"},
    "lua": {
        "network": "socket.http.request http.request ssl.https.request",
        "connection": "socket.tcp socket.bind socket.connect *.receive *.accept",
        "file": "io.open io.lines",
        "environment": "os.getenv",
        "input": "io.read",
    },
}

_ALL = frozenset({"all-environment"})
_REQUEST = frozenset({"network", "connection"})
_SELF = frozenset({"self"})
NAME_SOURCES: dict[str, dict[str, frozenset[str]]] = {
    "python": {"os.environ": _ALL, "os.environb": _ALL, "__file__": _SELF},
    "javascript": {"process.env": _ALL, "Deno.env": _ALL, "__filename": _SELF, "process.argv": frozenset({"input"})},
    "ruby": {
        "ENV": _ALL,
        "__FILE__": _SELF,
        "$0": _SELF,
        "$stdin": frozenset({"input"}),
        "STDIN": frozenset({"input"}),
    },
    "perl": {"%ENV": _ALL, "$0": _SELF, "__FILE__": _SELF},
    "php": {
        "$_GET": _REQUEST,
        "$_POST": _REQUEST,
        "$_REQUEST": _REQUEST,
        "$_COOKIE": _REQUEST,
        "$_FILES": _REQUEST,
        "$_SERVER": _REQUEST | _ALL,
        "$_ENV": _ALL,
        "__FILE__": _SELF,
    },
}
"""Names whose mere reading brings something in."""

COMMANDS_FROM_NETWORK = frozenset(
    ("curl wget fetch aria2c lynx w3m http https nc ncat netcat socat lwp-request GET ftp tftp telnet").split()  # noqa: SIM905 - read as a line
)

SENDERS: dict[str, str] = {
    "python": (
        "urllib.request.urlopen urllib2.urlopen urllib.urlopen urllib.request.Request urllib.request.urlretrieve "
        "requests.get requests.post requests.put requests.request httpx.get httpx.post *.send *.sendall *.sendto *.request *.post *.sendmail"
    ),
    "javascript": (
        "fetch axios.get axios.post axios http.get https.get http.request https.request http.request().write "
        "http.request().end https.request().write https.request().end net.connect().write net.connect().end *.sendMail"
    ),
    "perl": ("LWP::Simple::get get getstore getprint *.get *.post *.post_form send *.data *.datasend"),
    "ruby": ("Net::HTTP.get Net::HTTP.get_response Net::HTTP.post Net::HTTP.post_form URI.open OpenURI.open_uri"),
    "php": ("file_get_contents curl_init curl_exec fsockopen readfile get_headers"),
    "lua": ("socket.http.request http.request ssl.https.request"),
    "powershell": ("Invoke-RestMethod irm Invoke-WebRequest iwr *.UploadString *.DownloadString"),
}
"""Calls that send what they are given to another host, by language."""

PURE_CALLS: dict[str, frozenset[str]] = {
    "python": frozenset(
        [
            "print",
            "len",
            "str",
            "int",
            "float",
            "bool",
            "list",
            "tuple",
            "dict",
            "set",
            "sorted",
            "sum",
            "min",
            "max",
            "any",
            "all",
            "zip",
            "map",
            "filter",
            "range",
            "enumerate",
            "repr",
            "abs",
            "round",
            "isinstance",
            "issubclass",
            "hasattr",
            "type",
            "iter",
            "next",
            "divmod",
            "hex",
            "oct",
            "bin",
            "chr",
            "ord",
            "format",
            "id",
            "hash",
            "reversed",
            "super",
            "slice",
            "exit",
            "quit",
            "sys.exit",
            "sys.stdout.write",
            "sys.stderr.write",
            "sys.stdout.buffer.write",
            "open to read",
            "*.read",
            "*.readlines",
            "*.readline",
            "*.close",
            "*.exists",
            "*.read_text",
            "*.decode",
            "os.makedirs",
            "os.mkdir",
            "os.getenv",
            "os.environ.get",
            "os.listdir",
            "ast.parse",
            "ast.literal_eval",
            "yaml.safe_load",
            "tomllib.load",
            "tomllib.loads",
            "tomli.load",
            "toml.load",
            "base64.b64encode",
            "base64.urlsafe_b64encode",
            "urllib.parse.quote",
            "urllib.parse.unquote",
            "urllib.parse.urlparse",
            "urllib.parse.urlencode",
            "importlib.util.find_spec",
            "importlib.metadata.distribution",
            "py_compile.compile",
            "compileall.compile_dir",
            "pybind11.get_cmake_dir",
            "django.get_version",
            "sys.stderr.buffer.write",
            "sys.stdout.flush",
            "sys.stdin.read",
            "sys.stdin.readline",
            "sys.stdin.readlines",
            "sys.getsizeof",
            "sys.getdefaultencoding",
            "sys.getfilesystemencoding",
            "input",
            "raw_input",
            "*.join",
            "*.split",
            "*.strip",
            "*.rstrip",
            "*.lstrip",
            "*.replace",
            "*.format",
            "*.lower",
            "*.upper",
            "*.startswith",
            "*.endswith",
            "*.splitlines",
            "*.items",
            "*.keys",
            "*.values",
            "*.append",
            "*.extend",
            "*.sort",
            "*.index",
            "*.count",
            "*.find",
            "*.group",
            "*.groups",
            "*.title",
            "*.capitalize",
            "*.zfill",
            "*.ljust",
            "*.rjust",
            "*.center",
            "*.encode",
            "*.isdigit",
            "*.hexdigest",
            "*.total_seconds",
            "*.strftime",
            "*.isoformat",
            "*.timestamp",
            "json.load",
            "json.loads",
            "json.dumps",
            "re.sub",
            "re.match",
            "re.search",
            "re.findall",
            "re.split",
            "re.compile",
            "re.escape",
            "time.time",
            "time.strftime",
            "time.localtime",
            "time.gmtime",
            "datetime.datetime.now",
            "datetime.datetime.utcnow",
            "datetime.date.today",
            "datetime.timedelta",
            "datetime.datetime",
            "uuid.uuid4",
            "uuid.uuid1",
            "random.random",
            "random.randint",
            "random.choice",
            "random.sample",
            "secrets.token_hex",
            "secrets.token_urlsafe",
            "hashlib.md5",
            "hashlib.sha1",
            "hashlib.sha256",
            "hashlib.sha512",
            "collections.Counter",
            "collections.OrderedDict",
            "os.getcwd",
            "os.cpu_count",
            "os.sep",
            "multiprocessing.cpu_count",
            "distutils.sysconfig.get_python_lib",
            "distutils.sysconfig.get_python_inc",
            "distutils.sysconfig.get_config_var",
            "site.getsitepackages",
            "site.getusersitepackages",
            "site.getuserbase",
            "struct.calcsize",
            "shutil.which",
            "locale.getpreferredencoding",
            "ssl.get_default_verify_paths",
            "sysconfig.get_default_scheme",
            "locale.getlocale",
            "numpy.get_include",
            "pybind11.get_include",
            "certifi.where",
            "pkg_resources.parse_version",
            "pkg_resources.get_distribution",
            "importlib.metadata.version",
            "packaging.version.parse",
            "packaging.version.Version",
            "string.ascii_letters",
            "textwrap.dedent",
            "shlex.quote",
            "shlex.split",
        ]
    ),
}
PURE_ROOTS: dict[str, tuple[str, ...]] = {
    "python": (
        "os.path.",
        "sysconfig.",
        "platform.",
        "math.",
        "itertools.",
        "string.",
        "operator.",
        "decimal.",
        "distutils.version.",
        "posixpath.",
    ),
}

READ_ONLY = {
    "perl": r"\$\]|\$\^[VOXT]|\$Config\{\w+\}|@INC",
    "ruby": r"RUBY_(?:VERSION|PLATFORM|ENGINE|PATCHLEVEL|RELEASE_DATE)",
    "php": r"PHP_(?:VERSION|OS|OS_FAMILY|EOL|INT_SIZE|MAJOR_VERSION|MINOR_VERSION|SAPI|EXTENSION_DIR)|phpversion\(\)",
    "javascript": (
        r"(?:process\.(?:version|versions\.\w+|platform|arch|pid|execPath)|require\((?:'[A-Za-z@][\w/:-]*'|\"[A-Za-z@][\w/:-]*\")\)(?:\.[A-Za-z_]\w*)+)"
        r"(?:\.(?:split|slice|substring|join|trim|toString)\((?:'[^'\\]*'|\"[^\"\\]*\"|\d+(?:,\d+)?)?\)|\[\d+\])*"
    ),
    "lua": r"_VERSION",
    "awk": r"NR|NF|FS",
}
"""What says something about the interpreter itself."""
PRINTS = {
    "perl": r"(?:print|say|printf)\b",
    "ruby": r"(?:puts|print|p)\b",
    "php": r"(?:echo|print)\b",
    "javascript": r"console\.log(?=\()",
    "lua": r"(?:print|io\.write)(?=\()",
    "awk": r"print\b",
}
"""How a language prints, before what it prints."""
IMPORTS = {
    "perl": r"(?:use|no|require)[ \t]+(?:v?\d[\d._]*|[A-Za-z]\w*(?:::\w+)*(?:[ \t]+v?\d[\d._]*)?(?:[ \t]+qw[ \t]*\([\w\s:]*\))?)",
    "ruby": r"require[ \t]*(?:'[A-Za-z][\w/-]*'|\"[A-Za-z][\w/-]*\")",
    "javascript": r"require\((?:'[A-Za-z@][\w/-]*'|\"[A-Za-z@][\w/-]*\")\)",
    "lua": r"require[ \t]*\(?[ \t]*(?:'[\w.]+'|\"[\w.]+\")[ \t]*\)?",
}
"""How a language loads a module by its name: one that is installed, and no file of whoever started it."""
BUILD_STEPS = {
    "perl": (
        r"(?:mkpath|pod2man|pod2html|cp_nonempty|touch|mv|cp|rm_f|rm_rf|cat|chmod|eqtime|test_[defs]|dos2unix|pm_to_blib|Mkbootstrap|install|"
        r"uninstall|test_harness|warn_if_old_packlist|perllocal_install|install_default|MY->fixin|undef[ \t]\*Test::Harness::Switches)"
        r"(?:[ \t]*\((?:[\w\s,./=>:-]|'[^'\\]*'|q\[[^\]]*\]|[\[\]]|\{@ARGV\})*\))?"
    ),
}
"""Steps of a language's own build tools, of which every word is known: ExtUtils::Command, ::Command::MM, ::Install, Test::Harness."""
