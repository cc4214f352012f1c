"""A strict schema of the part of SARIF 2.1.0 that is written here: every property that is not in it is an error.

Written from the standard's text (sections 3.13 to 3.58), which is not the same as the schema that OASIS publishes.
"""

from __future__ import annotations

from typing import Any


def strict(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def many(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


TEXT = {"type": "string", "minLength": 1}
POSITION = {"type": "integer", "minimum": 1}
MESSAGE = strict(["text"], text=TEXT, markdown=TEXT)
LEVEL = {"enum": ["none", "note", "warning", "error"]}
SNIPPET = strict(["text"], text={"type": "string"})
REGION = strict(
    ["startLine"], startLine=POSITION, startColumn=POSITION, endLine=POSITION, endColumn=POSITION, snippet=SNIPPET
)
ARTIFACT = strict(["uri"], uri={"type": "string", "pattern": r"^[!-~]+$"}, uriBaseId={"enum": ["SRCROOT"]})
PHYSICAL = strict(["artifactLocation"], artifactLocation=ARTIFACT, region=REGION, contextRegion=REGION)
LOGICAL = strict(["name"], name=TEXT, fullyQualifiedName=TEXT, kind=TEXT)
LOCATION = {
    **strict([], physicalLocation=PHYSICAL, logicalLocations=many(LOGICAL), message=MESSAGE),
    "anyOf": [{"required": ["physicalLocation"]}, {"required": ["logicalLocations"]}],
}
STEP = strict(["location"], location=LOCATION, nestingLevel={"type": "integer", "minimum": 0}, executionOrder=POSITION)
BAG = {"type": "object"}
RULE = strict(
    ["id", "shortDescription", "fullDescription", "help"], id=TEXT, name=TEXT, shortDescription=MESSAGE, fullDescription=MESSAGE,
    help=MESSAGE, defaultConfiguration=strict(["level"], level=LEVEL), properties=BAG,
)  # fmt: skip
RESULT = strict(
    ["ruleId", "ruleIndex", "level", "message", "locations"], ruleId=TEXT, ruleIndex={"type": "integer", "minimum": 0}, level=LEVEL,
    message=MESSAGE, locations={**many(LOCATION), "minItems": 1}, properties=BAG,
    partialFingerprints={"type": "object", "additionalProperties": TEXT},
    codeFlows=many(strict(["threadFlows"], threadFlows=many(strict(["locations"], locations=many(STEP))))),
    suppressions=many(strict(["kind"], kind={"enum": ["inSource", "external"]}, justification={"type": "string"})),
)  # fmt: skip
INVOCATION = strict(
    ["executionSuccessful"],
    executionSuccessful={"type": "boolean"},
    toolExecutionNotifications=many(strict(["message"], level=LEVEL, message=MESSAGE, locations=many(LOCATION))),
)
DRIVER = strict(["name"], name=TEXT, semanticVersion=TEXT, rules=many(RULE))
RUN = strict(
    ["tool", "results"], tool=strict(["driver"], driver=DRIVER), columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    originalUriBaseIds={"type": "object", "additionalProperties": strict([], uri=TEXT, description=MESSAGE)},
    invocations=many(INVOCATION), results=many(RESULT),
)  # fmt: skip
SCHEMA = strict(["version", "runs"], **{"$schema": TEXT, "version": {"const": "2.1.0"}, "runs": many(RUN)})
