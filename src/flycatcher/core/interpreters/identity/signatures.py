"""Markers of the known interpreters, by id, for those whose own file states none.

A class in this package that sets ``markers`` is the only source for its id. They were chosen
and checked on Debian 12's packages (deno, bun and node also on those of npm), against all other programs of a full system,
so that one program's marker is not another's text. Where that could not be done a comment says so.
"""

from __future__ import annotations

from flycatcher.core.interpreters.identity.markers import Markers

_PYTHON = rb"(?:\0|python)(2\.7|3\.\d{1,2})[.\0dm]"
_PERL = rb"perl(?:\.so\.|[/-]?v?)(5\.\d{1,2})"
_PHP = rb"PHP/(\d+\.\d+)"
_LUA = rb"Lua (5\.\d)"

SIGNATURES: dict[str, tuple[Markers, ...]] = {
    # Programs/python.c calls one function. The symbols are exported also by static builds, for extension modules.
    "python": (
        Markers(imports=("Py_BytesMain",), version=_PYTHON),
        Markers(imports=("Py_Main",), version=_PYTHON),
        Markers(imports=("_Py_UnixMain",), version=_PYTHON),
        Markers(imports=("pypy_main_startup",), program="pypy", version=rb"libpypy(\d\.\d{1,2})"),
        Markers(exports=("Py_BytesMain", "PyRun_AnyFileExFlags"), version=_PYTHON),
        Markers(exports=("Py_Main", "PyRun_AnyFileExFlags"), version=_PYTHON),
        Markers(strings=(b"[-c cmd | -m mod | file | -] [arg] ...", b"PYTHONINSPECT"), static=True, version=_PYTHON),
    ),
    # perlmain.c: perl_alloc, perl_construct, perl_parse, perl_run.
    "perl": (
        Markers(imports=("perl_parse", "perl_run"), version=_PERL),
        Markers(exports=("perl_parse", "perl_run"), version=_PERL),
        Markers(strings=(b"(several -e's allowed, omit programfile)", b"PERL5OPT"), static=True, version=_PERL),
    ),
    "ruby": (
        Markers(imports=("ruby_run_node", "ruby_options"), version=rb"libruby-?(\d\.\d+)"),
        Markers(exports=("ruby_run_node", "ruby_options"), version=rb"ruby[/-](\d\.\d+)"),
    ),
    "node": (
        Markers(imports=("_ZN4node5StartEiPPc",)),  # libnode.so.108 counts module ABIs: it tells no version
        Markers(
            exports=("_ZN4node5StartEiPPc", "napi_create_function"),
            version=rb"/release/v(\d+\.\d+)",
            anchor=b"/release/v",
        ),
    ),
    # sapi/*/: the usage text is in the main program's file and not in the library.
    "php": (
        Markers(strings=(b"PHP_CLI_PROCESS_TITLE", b"[options] [-B <begin_code>] -R <code>"), version=_PHP),
        Markers(exports=("php_request_startup",), strings=(b"PHP_CLI_PROCESS_TITLE",), version=_PHP),
    ),
    "phpdbg": (Markers(exports=("php_request_startup", "phpdbg_delete_breakpoint"), version=_PHP),),
    "php_cgi": (
        Markers(exports=("php_request_startup",), strings=(b"Usage: %s [-q] [-h]",), program="php-cgi", version=_PHP),
    ),
    "sh": (Markers(strings=(b"\0Illegal option -o %s\0", b"\0No arg for -%c option\0", b"\0Bad fd number\0")),),
    "bash": (Markers(strings=(b"@(#)Bash version ",), version=rb"Bash version (\d+\.\d+)"),),
    "zsh": (
        Markers(
            strings=(b"ZSH_EXECUTION_STRING\0", b"ZSH_SUBSHELL\0"),
            version=rb"zsh[-/](\d\.\d+)",
        ),
    ),
    "mksh": (
        Markers(strings=(b"@(#)MIRBSD KSH R",), version=rb"MIRBSD KSH R(\d+)"),
        Markers(strings=(b"@(#)LEGACY KSH R",), program="lksh", version=rb"LEGACY KSH R(\d+)"),
    ),
    "ksh": (
        Markers(strings=(b"@(#)$Id: whence (", b"\0hist -l\0"), version=rb"(93u\+m/[\d.]+)"),
        Markers(strings=(b"@(#)PD KSH v",), program="pdksh"),
    ),
    "posh": (Markers(strings=(b"POSH_VERSION",)),),
    "yash": (Markers(strings=(b"\0yash -c\0",)),),
    "fish": (Markers(strings=(b"\0fish_default_key_bindings\0", b"FISH_DEBUG_OUTPUT\0")),),
    "csh": (Markers(strings=(b"/etc/csh.cshrc\0", b"/etc/csh.login\0")),),
    "rc": (Markers(strings=(b"\0rc: flag immutable\n",)),),
    "sash": (Markers(strings=(b"Stand-alone shell (version",)),),
    "elvish": (Markers(strings=(b"src.elv.sh/pkg/shell",)),),
    "busybox": (
        Markers(
            strings=(b"BusyBox is a multi-call binary", b"applet not found"),
            multicall=True,
            version=rb"BusyBox v(\d+\.\d+)",
        ),
    ),
    "toybox": (
        Markers(strings=(b"usage: toybox [--long | --help",), multicall=True, version=rb"toybox[ /](\d+\.\d+)"),
    ),
    "lua": (
        Markers(exports=("lua_newstate", "luaL_openlibs"), strings=(b"=LUA_INIT",), version=_LUA),
        Markers(strings=(b"=LUA_INIT", b"lua_debug> "), version=_LUA),
        Markers(imports=("luaL_openlibs",), strings=(b"=LUA_INIT",), thin=128, version=rb"liblua-?(5\.\d)"),
    ),
    "luajit": (
        Markers(
            exports=("luaJIT_setmode", "lua_newstate", "luaL_openlibs"),
            strings=(b"=LUA_INIT",),
            version=rb"LuaJIT (2\.\d)",
        ),
    ),
    "deno": (
        Markers(
            exports=("napi_create_function",), strings=(b"DENO_DIR",), version=rb"Deno/([2-9]\d*\.\d+)", anchor=b"Deno/"
        ),
    ),
    "bun": (
        Markers(
            exports=("napi_create_function",), strings=(b"BUN_INSTALL",), version=rb"bun-v(\d+\.\d+)", anchor=b"bun-v"
        ),
    ),
    "gawk": (Markers(strings=(b"\0GAWK_READ_TIMEOUT\0",), version=rb"GNU Awk (\d\.\d+)"),),
    "mawk": (Markers(strings=(b"Usage: mawk [Options] [Program] [file ...]",)),),
    "awk": (Markers(strings=(b"[-F fs] [-v var=value] [-f progfile | 'prog'] [file ...]",)),),
    "tcl": (
        Markers(imports=("Tcl_MainEx",), program="tclsh", version=rb"libtcl(\d\.\d)"),
        Markers(imports=("Tk_MainEx",), program="wish", version=rb"libtk(\d\.\d)"),
        Markers(imports=("Jim_InterpInit", "Jim_EvalFile"), program="jimsh"),
        Markers(imports=("Jim_EvalFile", "Jim_RegisterCoreCommands"), program="jimsh"),
    ),
    "expect": (Markers(imports=("Expect_Init", "exp_parse_argv")), Markers(exports=("Expect_Init", "exp_parse_argv"))),
    "r": (
        Markers(imports=("Rf_initialize_R", "Rf_mainloop"), program="R"),
        Markers(exports=("Rf_initialize_R", "R_ReplDLLinit"), program="R"),
        Markers(strings=(b"Usage: Rscript [options] file [args]",), program="Rscript"),
    ),
    # Not checked against a package.
    "julia": (Markers(imports=("jl_load_repl",)), Markers(imports=("jl_repl_entrypoint",))),
    "erl": (
        Markers(strings=(b"PROGNAME, EMU, ROOTDIR and BINDIR  must be set",), program="erl"),
        Markers(exports=("erts_printf", "enif_make_atom"), program="beam.smp", version=rb"Erlang/OTP (\d+)"),
        Markers(strings=(b"ESCRIPT_EMULATOR\0",), program="escript"),
    ),
    "guile": (Markers(imports=("scm_shell", "scm_boot_guile"), version=rb"libguile-(\d\.\d)"),),
    "racket": (Markers(strings=(b"PLTCOLLECTS\0",)), Markers(strings=(b"\0racket_boot\0",))),
    "chezscheme": (Markers(exports=("Sscheme_init", "Sscheme_start"), strings=(b"CHEZSCHEMELIBDIRS",)),),
    "sbcl": (Markers(strings=(b"\0SBCL_HOME\0", b"--disable-ldb\0")),),
    "ecl": (Markers(imports=("si_safe_eval", "ecl_init_module")),),
    "csi": (Markers(strings=(b"CSI_OPTIONS",)),),
    "ocaml": (
        Markers(exports=("caml_main", "caml_startup_code"), strings=(b"\0OCAMLRUNPARAM\0",), program="ocamlrun"),
    ),
    "octave": (
        Markers(imports=("_ZTVN6octave15cli_applicationE",), program="octave-cli"),
        Markers(imports=("_ZTVN6octave14qt_applicationE",), program="octave-gui"),
    ),
    "emacs": (Markers(strings=(b"\0EMACSLOADPATH\0", b"GNU Emacs"), version=rb"GNU Emacs (\d+\.\d+)"),),
    "vim": (Markers(strings=(b"VIM - Vi IMproved", b"\0VIMINIT\0"), version=rb"VIM - Vi IMproved (\d+\.\d+)"),),
    "nvim": (Markers(exports=("nvim_command", "nvim_exec_lua")), Markers(strings=(b"NVIM_LOG_FILE", b"VIMINIT\0"))),
    "gdb": (Markers(strings=(b"GNU gdb %s%s", b"\0GDBHISTFILE\0")),),
    "gjs": (Markers(imports=("gjs_context_eval", "gjs_context_set_argv")),),
    "js": (Markers(strings=(b"\0js> \0", b"offThreadCompileModuleToStencil")),),
    "pike": (Markers(exports=("Pike_compiler", "Pike_error")),),
    "slsh": (Markers(exports=("slsh_use_readline",)), Markers(imports=("SLang_init_all",), strings=(b"SLSH_PATH",))),
    "gnuplot": (Markers(strings=(b"\0GNUPLOT_LIB\0", b"\0GNUHELP\0")),),
    "gforth": (Markers(strings=(b"\0GFORTHPATH\0",)),),
    "newlisp": (Markers(strings=(b"\0NEWLISPDIR\0",)),),
    "sqlite3": (Markers(strings=(b"%s/.sqliterc", b"-- Loading resources from %s")),),
    "psql": (Markers(strings=(b"\0PSQLRC\0", b"psql (PostgreSQL)"), version=rb"psql \(PostgreSQL\) (\d+)"),),
    "mysql": (Markers(strings=(b"\0MYSQL_PS1\0", b"\0MYSQL_HISTFILE\0")),),
    "jshell": (Markers(imports=("JLI_Launch",), strings=(b"JShellToolProvider",)),),
    "jrunscript": (Markers(imports=("JLI_Launch",), strings=(b"com.sun.tools.script.shell.Main",)),),
    # The apphost of PowerShell carries the name of its assembly. Not checked against a package.
    "pwsh": (Markers(strings=(b"pwsh.dll\0", b"hostfxr_main")),),
}
"""Ids of the shells and languages as the package's classes name them; an id without a class is known, and has no table."""

LAUNCHERS: dict[str, tuple[Markers, ...]] = {
    "java": (Markers(imports=("JLI_Launch",), strings=(b"\0java\0",), role="launcher"),),
    "qemu-user": (Markers(strings=(b"QEMU_LD_PREFIX", b"QEMU_ARGV0"), thin=4096, role="emulator"),),
}
"""Programs that run another program named in their argv and are no interpreters of text themselves."""
