"""The whole environment. ATT&CK T1552.001."""

from __future__ import annotations

from flycatcher.core.payload.conditions import any_tainted
from flycatcher.core.payload.rules import Calls, Rule

RULE = Rule(
    id="credentials.environment-dump",
    technique="T1552.001",
    points=25,
    sentence="reads all environment variables at once",
    hints="/environ",
    values=r"/proc/(?:\d+|self|\*|\[)[^ ]{0,12}/environ\b",
    calls={
        "python": (
            Calls("json.dumps str repr dict print base64.b64encode", any_tainted("all-environment")),
            Calls("os.environ.items os.environ.copy os.environ.values"),
        ),
        "javascript": (Calls("JSON.stringify Object.entries Object.values", any_tainted("all-environment")),),
        "ruby": (Calls("ENV.to_h ENV.to_a ENV.map ENV.each ENV.to_hash ENV.inspect"),),
        "perl": (Calls("keys values each join print", any_tainted("all-environment")),),
        "shell": (Calls("printenv"),),
    },
)
