"""A function that starts programs, named in a text and called by another function. ATT&CK T1059, T1027."""

from __future__ import annotations

from flycatcher.core.payload.conditions import any_matches
from flycatcher.core.payload.rules import Calls, Rule

RULE = Rule(
    id="process.callback",
    technique="T1059",
    points=50,
    sentence="has another function call one that starts programs, by its name in a text",
    calls={
        "php": (
            Calls(
                "call_user_func call_user_func_array array_map array_walk array_walk_recursive array_filter array_reduce "
                "usort uasort uksort ob_start iterator_apply register_shutdown_function register_tick_function "
                "forward_static_call forward_static_call_array preg_replace_callback array_diff_ukey array_udiff "
                "spl_autoload_register set_error_handler reflectionfunction closure.fromcallable",
                any_matches(r"(?i)^\\?(?:system|exec|shell_exec|passthru|popen|proc_open|pcntl_exec|assert|eval)$"),
            ),
        ),
    },
    covers=frozenset({"process.spawn", "process.dynamic-command"}),
)
