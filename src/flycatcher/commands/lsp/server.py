"""The server: what an editor sends, and what it gets."""

from __future__ import annotations

import logging
import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from lsprotocol import types
from msgspec import structs
from pygls.lsp.server import LanguageServer

from flycatcher import __version__
from flycatcher.commands.lsp import shown
from flycatcher.commands.lsp.documents import Documents, Opened
from flycatcher.commands.lsp.protocol import Protocol
from flycatcher.commands.lsp.text import Text
from flycatcher.commands.lsp.worker import Worker
from flycatcher.config import load
from flycatcher.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from flycatcher.commands.lsp.settings import LspSettings

MAX_ACTIONS = 10
_CONFIGURATIONS = ("flycatcher.toml", "pyproject.toml")


class Server(LanguageServer):
    """Shows what a scan finds in the documents that an editor has open."""

    def __init__(self, settings: LspSettings) -> None:
        """Offer what :func:`_handlers` handles."""
        super().__init__("flycatcher", __version__, protocol_cls=Protocol)
        self.worker = Worker()
        self.documents = Documents(settings, self.worker, self.publish)
        self.documents.folders = self._folders
        self.asked_to_end = False
        self._problems: set[str] = set()
        for name, (handler, options) in _handlers(self).items():
            self.feature(name, options)(partial(handler))  # pygls marks what it is given, and a method takes no mark

    def report_server_error(self, error: Exception, source: object) -> None:
        """Write what went wrong to the log; the server goes on."""
        del source
        sys.stderr.write(f"flycatcher: lsp: {one_line(f'{type(error).__name__}: {error}', 200)}\n")

    def _folders(self) -> tuple[str, ...]:
        """Return the URIs of the workspace's folders."""
        root = self.workspace.root_uri
        return tuple(folder.uri for folder in self.workspace.folders.values()) or ((root,) if root else ())

    def _client(self) -> shown.Client:
        """Return what the editor understands."""
        return shown.Client(self.client_capabilities)

    def _encoding(self) -> str:
        """Return the name of the units that were agreed on."""
        agreed = self.workspace.position_encoding
        return str(getattr(agreed, "value", agreed) or "utf-16")

    def publish(self, opened: Opened) -> None:
        """Send a document's diagnostics, and once what is wrong with its configuration."""
        if opened.answer is None:
            return
        found = shown.diagnostics(opened.uri, opened.text, opened.answer, self._client())
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(opened.uri, found, opened.version))
        problem = opened.answer.problem
        if problem and problem not in self._problems:
            self._problems.add(problem)
            said = f"flycatcher: {one_line(problem, 500)}"
            self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, said))

    def opened(self, params: types.DidOpenTextDocumentParams) -> None:
        """Scan a document that was opened."""
        item = params.text_document
        self.documents.open(item.uri, item.version, Text(item.text, self._encoding()))

    def changed(self, params: types.DidChangeTextDocumentParams) -> None:
        """Apply changes in their order; a version that is not newer is left out."""
        document = params.text_document
        opened = self.documents.get(document.uri)
        if opened is None or document.version <= opened.version:
            said = "is not open" if opened is None else f"has version {opened.version} already"
            sys.stderr.write(f"flycatcher: lsp: change left out: {one_line(document.uri, 200)} {said}\n")
            return
        text = opened.text
        for change in params.content_changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                start, end = change.range.start, change.range.end
                text = text.changed((start.line, start.character), (end.line, end.character), change.text)
            else:
                text = text.whole(change.text)
        self.documents.change(document.uri, document.version, text)

    def saved(self, params: types.DidSaveTextDocumentParams) -> None:
        """Scan a document that was saved; all of them where it is a configuration."""
        uri = params.text_document.uri
        if uri.endswith(_CONFIGURATIONS):
            self.documents.rescan()
        self.documents.scan(uri)

    def closed(self, params: types.DidCloseTextDocumentParams) -> None:
        """Take a document's diagnostics back."""
        uri = params.text_document.uri
        if self.documents.close(uri):
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    def hover(self, params: types.HoverParams) -> types.Hover | None:
        """Return the reasons of a finding."""
        opened = self.documents.get(params.text_document.uri)
        return shown.hover(opened, params.position) if opened else None

    async def actions(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        """Return for each finding the comment that accepts it, where the file's language has one."""
        opened = self.documents.get(params.text_document.uri)
        if opened is None or opened.answer is None or not _wanted(params.context.only):
            return []
        text, answer, found = opened.text, opened.answer, []
        for note in [each for each in shown.notes_in(opened, params.range) if each.detection][:MAX_ACTIONS]:
            insertion = await self.documents.suggest(opened, answer, note)
            if opened.text is not text:
                return []
            if insertion is not None:
                found.append(shown.action(opened, note, insertion, self._client()))
        return found

    def end(self, params: None) -> None:
        """Get ready to end."""
        del params
        self.asked_to_end = True
        self.worker.stop()


def _wanted(only: object) -> bool:
    """Whether the editor asks for quick fixes among others."""
    kinds = [str(getattr(kind, "value", kind)) for kind in only] if isinstance(only, list | tuple) else []
    return not kinds or any(kind in ("", types.CodeActionKind.QuickFix.value) for kind in kinds)


def _handlers(server: Server) -> dict[str, tuple[Callable[..., object], object]]:
    """Return what handles each method, and what the editor is told about it."""
    return {
        types.TEXT_DOCUMENT_DID_OPEN: (server.opened, None),
        types.TEXT_DOCUMENT_DID_CHANGE: (server.changed, None),
        types.TEXT_DOCUMENT_DID_SAVE: (server.saved, types.SaveOptions(include_text=False)),
        types.TEXT_DOCUMENT_DID_CLOSE: (server.closed, None),
        types.TEXT_DOCUMENT_HOVER: (server.hover, None),
        types.TEXT_DOCUMENT_CODE_ACTION: (
            server.actions,
            types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix]),
        ),
        types.SHUTDOWN: (server.end, None),
    }


def serve(settings: LspSettings) -> int:
    """Serve until the editor ends it; return the exit code, 1 where the editor has gone without asking for an end."""
    logging.getLogger("pygls").addHandler(logging.NullHandler())
    logging.getLogger("pygls").propagate = False
    if settings.config_path is not None:
        settings = structs.replace(settings, config_path=Path(settings.config_path).absolute())
        load(settings.config_path)
    server = Server(settings)
    stdin, stdout = _own_channel()
    try:
        server.start_io(stdin, stdout)
    except (OSError, ValueError, MemoryError) as error:  # the editor is gone, or what it sends is no message
        server.report_server_error(Exception(str(error)), None)
    finally:
        server.worker.stop()
    return 0 if server.asked_to_end else 1


def _own_channel() -> tuple[BinaryIO, BinaryIO]:
    """Return stdin and stdout for the protocol alone: whatever else is printed goes to stderr, and nothing else reads stdin."""
    stdin, stdout = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return os.fdopen(stdin, "rb"), os.fdopen(stdout, "wb")
