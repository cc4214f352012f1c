"""Unsafe deserialisation. ATT&CK T1059."""

from __future__ import annotations

from flycatcher.core.payload.conditions import any_matches
from flycatcher.core.payload.rules import Calls, Rule

RULE = Rule(
    id="eval.deserialise",
    technique="T1059",
    points=25,
    sentence="rebuilds objects from data, which can run anything",
    calls={
        "python": (
            Calls(
                "pickle.loads pickle.load cPickle.loads _pickle.loads dill.loads cloudpickle.loads "
                "shelve.open jsonpickle.decode"
            ),
            Calls("yaml.load yaml.unsafe_load", any_matches("!!python")),
        ),
        "ruby": (Calls("Marshal.load"),),
        "php": (Calls("unserialize"),),
        "perl": (Calls("Storable::thaw Storable::retrieve"),),
        "javascript": (Calls("node-serialize.unserialize"),),
    },
)
