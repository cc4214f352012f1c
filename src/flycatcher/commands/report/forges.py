"""A forge's comments: find ours by its mark, change it, or write it; and the status of the commit.

Sources: GitHub's REST API (issue comments, commit statuses), GitLab's (notes, commit status).
"""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from flycatcher.commands.report.comment import MARK
from flycatcher.core.errors import FlycatcherError
from flycatcher.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PAGES, _PER_PAGE, _SECONDS = 20, 100, 20
_ANSWER = 16 << 20
STATUS = "flycatcher"
"""The name of our status among a commit's."""
_COMMIT = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
_DESCRIPTION = 140
"""Characters of a status that GitHub takes."""


class Words(NamedTuple):
    """What a forge calls the parts of a commit's status."""

    name: str
    failed: str


class Forge:
    """Comments of one pull or merge request, and the status of its commit."""

    def __init__(self, base: str, comments: str, one: str, headers: Mapping[str, str]) -> None:
        """``comments``, below ``base``, lists and takes them; ``one`` has each by its number."""
        self._base, self._comments, self._one, self._headers = (
            base,
            f"{base}/{comments}",
            f"{base}/{one}",
            dict(headers),
        )
        self._update, self._words = "PATCH", Words("context", "failure")

    def set_status(self, commit: str, text: str, *, failed: bool) -> str:
        """Set our status of a commit, in place of an earlier one; return what was done. Raises FlycatcherError."""
        if not _COMMIT.fullmatch(commit):
            raise FlycatcherError(
                f"no commit to give a status: {commit[:60]!r}", hint="give --commit, a whole hash", code=2
            )
        state = self._words.failed if failed else "success"
        body = {"state": state, self._words.name: STATUS, "description": text[:_DESCRIPTION]}
        self._ask("POST", f"{self._base}/statuses/{commit}", body)
        return f"status {state}: {text}"

    def put(self, text: str) -> str:
        """Write or change our comment; return what was done. Raises FlycatcherError."""
        ours = next((each for each in self._all() if str(each.get("body", "")).startswith(MARK)), None)
        if ours is not None:
            try:
                self._ask(self._update, f"{self._one}/{ours['id']}", {"body": text})
            except ForbiddenError:
                pass  # somebody else's with our mark: write our own
            else:
                return f"comment {ours['id']} changed"
        return f"comment {self._ask('POST', self._comments, {'body': text}).get('id')} written"

    def _all(self) -> Iterator[dict[str, Any]]:
        for number in range(1, _PAGES + 1):
            found = self._ask("GET", f"{self._comments}?per_page={_PER_PAGE}&page={number}")
            yield from (each for each in found if isinstance(each, dict))
            if len(found) < _PER_PAGE:
                return

    def _ask(self, method: str, url: str, body: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401 - a JSON answer
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, self._headers, method=method)  # noqa: S310 - checked in _address
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 - as above
                return json.loads(answer.read(_ANSWER) or b"{}")
        except urllib.error.HTTPError as error:
            said = one_line(error.read(300).decode(errors="replace"))
            kind = ForbiddenError if error.code in {403, 404} and method != "GET" else FlycatcherError
            raise kind(
                f"{method} {url.partition('?')[0]}: HTTP {error.code}: {said}",
                hint="the token needs the right to write (GitHub: pull-requests: write, statuses: write; GitLab: api)",
            ) from error
        except (OSError, ValueError) as error:
            raise FlycatcherError(
                f"{method} {url.partition('?')[0]}: {error}", hint="is the forge reachable?"
            ) from error


class GitLab(Forge):
    """The same in GitLab's words."""

    def __init__(self, base: str, comments: str, one: str, headers: Mapping[str, str]) -> None:
        """As above."""
        super().__init__(base, comments, one, headers)
        self._update, self._words = "PUT", Words("name", "failed")


def commit_of(environment: Mapping[str, str]) -> str:
    """Return the commit that a job is about: in a pull request its own last one, not the merge that GitHub makes of it."""
    try:
        event = json.loads(Path(environment["GITHUB_EVENT_PATH"]).read_bytes())
        return str(event["pull_request"]["head"]["sha"])
    except (KeyError, TypeError, OSError, ValueError):
        return environment.get("CI_COMMIT_SHA") or environment.get("GITHUB_SHA", "")


class ForbiddenError(FlycatcherError):
    """The comment is not ours to change."""


def forge_of(
    environment: Mapping[str, str], *, forge: str | None = None, number: int | None = None, token_env: str = ""
) -> Forge:
    """Return the forge that the options and the CI variables name. Raises FlycatcherError for what is missing."""
    name = forge or ("gitlab" if environment.get("GITLAB_CI") else "github")
    return (_gitlab if name == "gitlab" else _github)(environment, number, token_env)


def _github(environment: Mapping[str, str], number: int | None, token_env: str) -> Forge:
    parts = environment.get("GITHUB_REF", "").split("/")
    number = number or (int(parts[2]) if parts[:2] == ["refs", "pull"] and parts[2].isdigit() else None)
    root = _address(environment.get("GITHUB_API_URL") or "https://api.github.com")
    repository = environment.get("GITHUB_REPOSITORY", "")
    headers = {
        "Authorization": f"Bearer {_token(environment, token_env or 'GITHUB_TOKEN')}",
        "Accept": "application/vnd.github+json",
        "Content-Type": "application/json",
        "User-Agent": "flycatcher",
    }
    if not number or not repository:
        raise FlycatcherError("no pull request", hint="give --number, and GITHUB_REPOSITORY as OWNER/NAME", code=2)
    return Forge(f"{root}/repos/{repository}", f"issues/{number}/comments", "issues/comments", headers)


def _gitlab(environment: Mapping[str, str], number: int | None, token_env: str) -> Forge:
    given = environment.get("CI_MERGE_REQUEST_IID", "")
    number = number or (int(given) if given.isdigit() else None)
    project = urllib.parse.quote(environment.get("CI_PROJECT_ID") or environment.get("CI_PROJECT_PATH", ""), safe="")
    root = _address(environment.get("CI_API_V4_URL") or "https://gitlab.com/api/v4")
    if not number or not project:
        raise FlycatcherError("no merge request", hint="give --number, and CI_PROJECT_ID", code=2)
    token = _token(environment, token_env or "GITLAB_TOKEN")
    notes = f"merge_requests/{number}/notes"
    return GitLab(
        f"{root}/projects/{project}", notes, notes, {"PRIVATE-TOKEN": token, "Content-Type": "application/json"}
    )


def _token(environment: Mapping[str, str], name: str) -> str:
    if not environment.get(name):
        raise FlycatcherError(
            f"the variable {name} is not set", hint="it holds the token; --token-env names another", code=2
        )
    return environment[name]


def _address(url: str) -> str:
    if urllib.parse.urlsplit(url).scheme not in {"https", "http"}:
        raise FlycatcherError(f"{url}: not an address of a forge", hint="https://...", code=2)
    return url.rstrip("/")
