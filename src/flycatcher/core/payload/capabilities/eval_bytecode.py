"""Loads compiled code. ATT&CK T1027."""

from __future__ import annotations

from flycatcher.core.payload.conditions import matches
from flycatcher.core.payload.rules import Calls, Rule

RULE = Rule(
    id="eval.bytecode",
    technique="T1027",
    points=45,
    sentence="runs compiled code that nobody can read",
    calls={
        "python": (Calls("marshal.loads marshal.load types.CodeType types.FunctionType"),),
        "javascript": (Calls("vm.Script v8.deserialize"),),
        "ruby": (Calls("RubyVM::InstructionSequence.load_from_binary"),),
        "powershell": (
            Calls(
                "System.Reflection.Assembly.Load Reflection.Assembly.Load Add-Type System.Reflection.Assembly.LoadFile"
            ),
        ),
        "lua": (Calls("load loadstring", matches(0, "^\x1bLua")),),
    },
)
