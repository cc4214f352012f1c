"""What texts in languages other than Python may call and still only compute, print and look at files: names as the front ends resolve them.

Beside the calls, a text may hold nothing by which a language calls something that does not show: :data:`GUARDS`. A language's operators,
loops and literals are harmless; whatever else a text calls takes the shape away.
"""

from __future__ import annotations

CALLS: dict[str, str] = {
    "javascript": (
        "console.log console.error console.warn console.info process.stdout.write process.stderr.write process.exit process.cwd process.uptime "
        "JSON.stringify JSON.parse Object.keys Object.values Object.entries Object.fromEntries Array.isArray Array.from String Number Boolean "
        "parseInt parseFloat isNaN encodeURIComponent Date Date.now Date.UTC BigInt Set Map Array RegExp Error "
        "fs.readFileSync fs.existsSync fs.statSync fs.readdirSync os.cpus os.platform os.arch os.tmpdir os.homedir os.type os.release "
        "os.totalmem os.freemem crypto.createHash crypto.randomUUID crypto.randomBytes require.resolve semver.satisfies semver.valid semver.gte "
        "semver.lt semver.gt semver.lte semver.coerce semver.major url.pathToFileURL url.fileURLToPath "
        "*.join *.split *.map *.filter *.forEach *.reduce *.slice *.splice *.concat *.includes *.indexOf *.startsWith *.endsWith *.trim *.trimEnd "
        "*.replace *.replaceAll *.match *.test *.toUpperCase *.toLowerCase *.padStart *.padEnd *.repeat *.sort *.reverse *.push *.find *.some "
        "*.every *.flat *.keys *.values *.entries *.has *.update *.digest *.toISOString *.getTime *.getFullYear *.toFixed *.toLocaleString"
    ),
    "perl": (
        "print say printf regex-replace regex-match -e -f -d -s -r -x sprintf join split map grep sort reverse uc lc ucfirst lcfirst length substr index rindex push pop shift unshift keys "
        "values each exists defined delete scalar abs int hex oct ord chr time localtime gmtime exit chomp chop binmode wantarray ref "
        "transliterate substitute match die warn md5_hex sha1_hex sha256_hex getcwd cwd basename dirname File::Spec.rel2abs File::Spec.catfile "
        "File::Spec.tmpdir File::Basename::basename File::Basename::dirname Cwd::getcwd Cwd::abs_path POSIX::floor POSIX::ceil POSIX::strftime strftime"
    ),
    "ruby": (
        "puts print p pp printf format sprintf exit abort Integer Float String Array File.read File.exist? File.file? File.directory? File.join "
        "File.basename File.dirname File.expand_path File.extname File.readlines Dir.pwd Dir.glob Dir.[] Dir.exist? Dir.home JSON.parse JSON.generate "
        "JSON.pretty_generate YAML.safe_load YAML.dump RbConfig.ruby RbConfig.expand Gem.user_dir Gem.dir Gem.path Gem.bin_path Gem.platforms "
        "Gem::Version.new Gem::Specification.find_by_name Etc.nprocessors Time.now Time.at Date.today Digest::SHA256.hexdigest Digest::MD5.hexdigest "
        "SecureRandom.hex SecureRandom.uuid Set.new Hash.new Array.new *.strip *.chomp *.upcase *.downcase *.split *.join *.sort *.uniq *.sub *.gsub "
        "*.to_s *.to_i *.to_a *.to_h *.to_json *.to_yaml *.inspect *.size *.length *.first *.last *.include? *.start_with? *.end_with? *.empty? *.nil? "
        "*.keys *.values *.fetch *.dig *.min *.max *.sum *.count *.reverse *.select *.reject *.lines *.scan *.match? *.capitalize *.version *.strftime"
    ),
    "php": (
        "echo print print_r var_dump printf sprintf vsprintf number_format implode explode join trim rtrim ltrim strlen strtoupper strtolower ucfirst "
        "substr strpos str_replace str_pad str_repeat str_contains count array_keys array_values array_merge in_array sort ksort range json_encode "
        "json_decode var_export phpversion php_sapi_name php_ini_loaded_file php_ini_scanned_files ini_get extension_loaded get_loaded_extensions "
        "function_exists class_exists defined version_compare date time microtime mktime strtotime hash hash_file md5 md5_file sha1 sha1_file "
        "file_get_contents file_exists is_file is_dir basename dirname realpath getcwd sys_get_temp_dir memory_get_usage exit die intval floatval "
        "strval is_null isset empty max min round floor ceil abs uniqid bin2hex random_int random_bytes sizeof mb_strlen trigger_error"
    ),
    "lua": (
        "print io.write io.read io.lines tostring tonumber type pairs ipairs select unpack table.unpack table.concat table.insert table.remove "
        "string.format string.rep string.upper string.lower string.sub string.len string.byte string.char string.reverse os.time os.date os.clock "
        "os.exit next rawlen rawequal assert error *.upper *.lower *.format *.rep *.sub *.len *.byte *.reverse *.close *.read"
    ),
}  # fmt: skip
"""Function names, blank-separated; ``*.name`` is a method of anything."""
ROOTS: dict[str, tuple[str, ...]] = {
    "javascript": ("Math.", "path.", "Number.", "String.", "Intl."),
    "ruby": ("Math.",),
    "lua": ("math.", "utf8."),
}
"""Beginnings of names that hold nothing else."""
GUARDS: dict[str, str] = {
    "javascript": (
        r"`|\b(?:class|get|set|Symbol|Proxy|Reflect|eval|Function|constructor|prototype|__proto__|import|with|async|await|yield|toString|valueOf|"
        r"toJSON|toPrimitive|then|globalThis|global|this|arguments|binding|module|apply|call|bind|new[ ]+(?!Date\b|Set\b|Map\b|Error\b|Array\b))\b|\]\s*\("
    ),
    "perl": (
        r"`|\(\?\??\{|\*\{|&|->\s*[\[({$]|@\{|\$\{|%\{|<[^<>=\s]*[$\w/.*][^<>]*>|<<|\b(?:qx|do|eval|sub|tie|bless|overload|BEGIN|END|INIT|CHECK|UNITCHECK|"
        r"package|local|SIG|INC|ENV|ARGV|DATA|require|readpipe|format|write|goto|dump|select|open|no|constant|lib|if\s*\(\s*\$\w+\()\b|/[a-z]*e|[}|!,~#]\w*e\b"
    ),
    "ruby": (
        r"`|%x|\||&|::\w+\s*\(|\b(?:def|class|module|define_\w+|method|send|public_send|__send__|instance_\w+|class_\w+|eval|binding|alias|undef|proc|"
        r"lambda|trap|at_exit|BEGIN|END|load|open|spawn|fork|exec|system|syscall|refine|using|prepend|include|extend|tap|then|const_get|ObjectSpace|"
        r"TracePoint|Fiber|Thread|Ractor|Kernel|Process|IO|ARGF|DATA|require_relative|autoload)\b|->|#\{"
    ),
    "php": (
        r"`|\$\$|\$\{|\$\w+\s*\(|\]\s*\(|\)\s*\(|::|\b(?:function|fn|class|new|use|include|include_once|require|require_once|eval|assert|goto|namespace|"
        r"static|global|declare|yield|throw|match|extract|compact|unserialize)\b|->\w+\s*\(|\.\.\.|https?:|php:|data:|expect:|phar:"
    ),
    "lua": r"_G|_ENV|\bfunction\b|\bdebug\b|\bpackage\.(?!path\b|cpath\b|config\b)|metatable|\bload|\bdofile|\bcoroutine|\[\s*[\"'\[(]|\)\s*\(|\]\s*\(|#!",
}  # fmt: skip
"""What may call something that does not show; a text that holds any of it is of no shape. In doubt it is here."""
