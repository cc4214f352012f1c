"""A shared library brought into the process: its constructors run at once. ATT&CK T1129."""

from __future__ import annotations

from flycatcher.core.payload.conditions import any_matches, both, matches, negate
from flycatcher.core.payload.rules import Calls, Rule

RULE = Rule(
    id="library.load",
    technique="T1129",
    points=50,
    sentence="loads a native library by name or path",
    hints="load_extension @load .load",
    values=r"(?i)\bload_extension\s*\(|^\s*(?:@load|\.load)\s",
    calls={
        "python": (
            Calls(
                "ctypes.CDLL ctypes.cdll.LoadLibrary ctypes.PyDLL ctypes.pydll.LoadLibrary "
                "cffi.FFI().dlopen ctypes.windll.LoadLibrary numpy.ctypeslib.load_library",
                both(any_matches("."), negate(matches(0, r"^lib[a-z0-9_+-]+\.so\.\d+$"))),
            ),
            Calls("_imp.create_dynamic imp.load_dynamic importlib.machinery.ExtensionFileLoader"),
        ),
        "ruby": (Calls("Fiddle.dlopen Fiddle::Handle.new DL.dlopen *.ffi_lib"),),
        "perl": (Calls("DynaLoader::dl_load_file FFI::Platypus.new DynaLoader::bootstrap"),),
        "php": (Calls("dl FFI.load"),),
        "javascript": (
            Calls("require", matches(0, r"\.node$")),
            Calls(
                "process.dlopen Deno.dlopen bun:ffi.dlopen Bun.FFI.dlopen ffi.Library ffi-napi.Library koffi.load java.lang.System.load java.lang.System.loadLibrary"
            ),
        ),
        "lua": (Calls("package.loadlib ffi.load"),),
        "tcl": (Calls("load"),),
        "julia": (Calls("dlopen Libdl.dlopen ccall"),),
        "sqlite": (Calls(".load load_extension"),),
        "awk": (Calls("@load load"),),
        "vimscript-expression": (Calls("libcall libcallnr"),),
        "r": (Calls("dyn.load library.dynam"),),
        "emacs-lisp": (Calls("module-load"),),
        "vimscript": (Calls("libcall libcallnr"),),
    },
)
