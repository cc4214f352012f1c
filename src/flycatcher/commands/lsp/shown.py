"""Notes as the protocol has them: diagnostics, hovers and code actions. Source: Language Server Protocol 3.17."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from flycatcher.commands.lsp.analysis import Answer, Note
    from flycatcher.commands.lsp.documents import Opened
    from flycatcher.commands.lsp.suppression import Insertion
    from flycatcher.commands.lsp.text import Text

SOURCE = "flycatcher"
_SEVERITY = {
    "critical": types.DiagnosticSeverity.Error,
    "high": types.DiagnosticSeverity.Error,
    "medium": types.DiagnosticSeverity.Warning,
    "low": types.DiagnosticSeverity.Information,
    "none": types.DiagnosticSeverity.Hint,
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "note": types.DiagnosticSeverity.Information,
}
"""By the levels of risks, and those of rules."""
_UNNEEDED = "unused-suppression"


class Client:
    """What the editor understands; all of it where it does not say."""

    def __init__(self, capabilities: types.ClientCapabilities) -> None:
        """Read the capabilities of ``initialize``."""
        document, workspace = capabilities.text_document, capabilities.workspace
        published = document.publish_diagnostics if document else None
        self.related = bool(published and published.related_information)
        self.pages = bool(published and published.code_description_support)
        self.tags = bool(published and published.tag_support)
        edit = workspace.workspace_edit if workspace else None
        self.versions = bool(edit and edit.document_changes)


def diagnostics(uri: str, text: Text, answer: Answer, client: Client) -> list[types.Diagnostic]:
    """Return an answer's notes."""
    return [diagnostic(uri, text, note, client) for note in answer.notes]


def diagnostic(uri: str, text: Text, note: Note, client: Client) -> types.Diagnostic:
    """Return one note."""
    related = [
        types.DiagnosticRelatedInformation(types.Location(uri, span(text, each.low, each.high)), each.message)
        for each in note.related
    ]
    return types.Diagnostic(
        range=span(text, note.low, note.high),
        severity=_SEVERITY[note.level],
        code=note.code,
        code_description=types.CodeDescription(note.page) if note.page and client.pages else None,
        source=SOURCE,
        message=note.message,
        tags=[types.DiagnosticTag.Unnecessary] if note.code == _UNNEEDED and client.tags else None,
        related_information=related if related and client.related else None,
        data={"detection": note.detection} if note.detection else None,
    )


def span(text: Text, low: int, high: int) -> types.Range:
    """Return two offsets as a range."""
    return types.Range(types.Position(*text.position(low)), types.Position(*text.position(high)))


def notes_in(opened: Opened, wanted: types.Range) -> list[Note]:
    """Return the notes that touch a range of the text that was scanned."""
    if opened.answer is None or opened.scanned is not opened.text:
        return []
    low = opened.text.offset((wanted.start.line, wanted.start.character))
    high = opened.text.offset((wanted.end.line, wanted.end.character))
    return [note for note in opened.answer.notes if note.low <= high and low <= note.high]


def hover(opened: Opened, position: types.Position) -> types.Hover | None:
    """Return the reasons of what stands at a position."""
    told = [note for note in notes_in(opened, types.Range(position, position)) if note.hover]
    if not told:
        return None
    contents = types.MarkupContent(types.MarkupKind.PlainText, "\n\n".join(note.hover for note in told))
    first = told[0]
    return types.Hover(contents, span(opened.text, first.low, first.high))


def action(opened: Opened, note: Note, insertion: Insertion, client: Client) -> types.CodeAction:
    """Return the code action that inserts a suppressing comment."""
    edit = types.TextEdit(span(opened.text, insertion.offset, insertion.offset), insertion.text)
    if client.versions:
        identifier = types.OptionalVersionedTextDocumentIdentifier(opened.uri, opened.version)
        changes = types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(identifier, [edit])])
    else:
        changes = types.WorkspaceEdit(changes={opened.uri: [edit]})
    return types.CodeAction(
        title=f"Accept this {note.code} finding for a time (write the reason)",
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[diagnostic(opened.uri, opened.text, note, client)],
        edit=changes,
    )
