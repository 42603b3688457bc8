"""A file for one of a record's papers: which paper, then which file."""

from functools import partial

from PySide6.QtCore import Qt, Signal

from desktop import acts
from desktop.desk import Desk
from desktop.look.lists import Entry
from desktop.look.titled import TitledList
from forms.engine.session import Session
from forms.engine.spec import Field
from forms.engine.words import say
from sync.store import records
from sync.store.handle import Store
from sync.store.records import Saved

_HEIGHT = 190  # pixels: three papers at once, the others by the arrows


class Attaching(TitledList):
    """Lists the papers that a record may have; `attached` comes when a file was saved with one."""

    attached = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.look, "attach.which", "upload-simple", "attach.none")
        self._desk = desk
        self._view: acts.Shown | None = None
        self.setMaximumHeight(_HEIGHT)
        self.rows.picked.connect(self._pick)
        self.hide()

    def ask(self, view: acts.Shown) -> None:
        """Ask for the paper; after it for the file."""
        self._view = view
        self.put(
            [
                Entry(field, field.label, glyph="file-text", detail=_had(view, field))
                for field in papers(self._desk.store, view)
            ]
        )
        self.show()
        self.rows.choose(0)
        self.rows.setFocus(Qt.FocusReason.TabFocusReason)

    def put_away(self) -> bool:
        """Ask no more; False where nothing was asked."""
        asked = not self.isHidden()
        self.rows.clearFocus()
        self.hide()
        return asked

    def _pick(self, entry: Entry) -> None:
        if self._view is None:
            return
        field: Field = entry.value
        title = say("attach.file", paper=field.label)
        chosen = self._desk.files.to_open(self, title, say("attach.kinds"))
        if chosen is None:
            return
        answers = {field.key: {"file": str(chosen)}}
        work = partial(records.edit, self._desk.store, self._view.record.id, answers)
        self._desk.tasks.run(self, work, partial(self._done, field))

    def _done(self, field: Field, _saved: Saved) -> None:
        self.put_away()
        self._desk.notices.say("attach.done", paper=field.label)
        self.attached.emit()


def papers(store: Store, view: acts.Shown) -> list[Field]:
    """List the papers that this operator may attach a file to now, in the form's order."""
    if not view.may_edit:
        return []
    fields = [field for field in view.form.fields.values() if field.kind == "attachment"]
    if not fields:
        return []
    asked = Session(view.form, store.scene(), view.record.answers).shown
    return [field for field in fields if asked.get(field.key) and not field.retired]


def _had(view: acts.Shown, field: Field) -> str:
    value = view.record.answers.get(field.key)
    has_file = isinstance(value, dict) and "file" in value
    return say("attach.again") if has_file else ""
