"""The part of the protocol that pygls reads otherwise than it is written: a document's lines end with LF, CRLF or CR alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.language_server import lsp_method

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


class Protocol(LanguageServerProtocol):
    """Leaves the texts of documents to the server's own handlers."""

    def _told(self, name: str, params: object) -> Iterator[Any]:
        """Yield the server's own handler, as pygls asks for it."""
        handler = self.fm.features.get(name)
        if handler is not None:
            yield handler, (params,), None

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> Iterator[Any]:
        """Hand an opened document on."""
        yield from self._told(types.TEXT_DOCUMENT_DID_OPEN, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> Iterator[Any]:
        """Hand a document's changes on."""
        yield from self._told(types.TEXT_DOCUMENT_DID_CHANGE, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> Iterator[Any]:
        """Hand a closed document on."""
        yield from self._told(types.TEXT_DOCUMENT_DID_CLOSE, params)
