"""Tables of names: what is pure, and where results come from. Names are dotted as the front ends resolve them."""

from __future__ import annotations

SOURCES: dict[str, dict[str, str]] = {
    "python": {
        "network": (
            "urllib.request.urlopen urllib.urlopen urllib2.urlopen requests.get requests.post requests.request httpx.get httpx.post"
            " urllib.request.urlretrieve http.client.HTTPSConnection http.client.HTTPConnection httplib.HTTPConnection"
            " httplib.HTTPSConnection socket.socket socket.create_connection socket.recv ftplib.FTP *.recv *.recvfrom *.recv_into"
            " aiohttp.ClientSession urllib3.PoolManager *.getresponse paramiko.SSHClient telnetlib.Telnet dns.resolver.query"
        ),
        "file-or-url": "open io.open os.open pathlib.Path codecs.open",
        "environment": "os.getenv os.environ.get os.environb.get",
        "input": "input raw_input sys.stdin.read sys.stdin.readline sys.stdin.buffer.read",
        "process": "os.popen subprocess.check_output subprocess.getoutput",
    },
}

COMMANDS_FROM_NETWORK = frozenset(
    {
        "curl",
        "wget",
        "fetch",
        "aria2c",
        "lynx",
        "w3m",
        "http",
        "https",
        "nc",
        "ncat",
        "netcat",
        "socat",
        "lwp-request",
        "GET",
        "ftp",
        "tftp",
        "telnet",
    }
)

PURE_CALLS: dict[str, frozenset[str]] = {
    "python": frozenset(
        (
            "print len str int float bool list tuple dict set sorted sum min max any all zip map filter range enumerate repr abs round"
            " isinstance issubclass hasattr type iter next divmod hex oct bin chr ord format id hash reversed super slice exit quit"
            " sys.exit sys.stdout.write sys.stderr.write sys.stdout.flush sys.stdin.read sys.stdin.readline sys.stdin.readlines"
            " sys.getsizeof sys.getdefaultencoding sys.getfilesystemencoding input raw_input"
            " *.join *.split *.strip *.rstrip *.lstrip *.replace *.format *.lower *.upper *.startswith *.endswith *.splitlines"
            " *.items *.keys *.values *.append *.extend *.sort *.index *.count *.find *.group *.groups *.title *.capitalize *.zfill"
            " *.ljust *.rjust *.center *.encode *.isdigit *.hexdigest *.total_seconds *.strftime *.isoformat *.timestamp"
            " json.load json.loads json.dumps re.sub re.match re.search re.findall re.split re.compile re.escape"
            " time.time time.strftime time.localtime time.gmtime datetime.datetime.now datetime.datetime.utcnow datetime.date.today"
            " datetime.timedelta datetime.datetime uuid.uuid4 uuid.uuid1 random.random random.randint random.choice random.sample"
            " secrets.token_hex secrets.token_urlsafe hashlib.md5 hashlib.sha1 hashlib.sha256 hashlib.sha512"
            " collections.Counter collections.OrderedDict os.getcwd os.cpu_count os.sep multiprocessing.cpu_count"
            " distutils.sysconfig.get_python_lib distutils.sysconfig.get_python_inc distutils.sysconfig.get_config_var"
            " site.getsitepackages site.getusersitepackages site.getuserbase struct.calcsize shutil.which locale.getpreferredencoding"
            " ssl.get_default_verify_paths sysconfig.get_default_scheme locale.getlocale numpy.get_include pybind11.get_include"
            " certifi.where pkg_resources.parse_version pkg_resources.get_distribution importlib.metadata.version"
            " packaging.version.parse packaging.version.Version string.ascii_letters textwrap.dedent shlex.quote shlex.split"
        ).split()
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
