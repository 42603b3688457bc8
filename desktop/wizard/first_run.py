"""A first run from the first question to the first trip; a power cut in any step costs that step.

    region · address · code · operator · phrase      answered, kept sealed, nothing made yet
    the laptop joins                                 cut there, it goes on with the same code
    printer · sync                                   tried; either may be left for later

From joining on the laptop is an ordinary desk: who is cut off then signs in and goes on here.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal

from desktop.calibration import AS_IT_IS, told
from desktop.look.look import Look
from desktop.notices import sentences
from desktop.printer import PPI, Printer
from desktop.tasks import Lane, Tasks
from desktop.wizard import kept, regions, steps
from desktop.wizard.kept import Answers
from desktop.wizard.page import Screen, WizardPage
from desktop.wizard.questions import LineQuestion, PhraseQuestion, Question, RegionQuestion
from forms.engine.problem import Refused, Unreachable
from forms.engine.words import say
from forms.paper import trial
from sync.client import journey
from sync.client.carrier import Barred
from sync.client.enrol import enrol, reach
from sync.crypto import code as codes
from sync.store.handle import Store
from sync.store.keystore import Keystore

CLOCK_MS = 24 * 3_600_000  # further from the server's, a clock is wrong and not only late
_KEYS = ("region", "url", "code", "operator")  # of the answers, by their steps


class FirstRun(QObject):
    """Asks on its page; `opened` brings the store when the first run is over."""

    opened = Signal(object)
    troubled = Signal(Exception)

    def __init__(
        self,
        parent: QObject,
        folder: Path,
        look: Look,
        tasks: Tasks,
        *,
        printer: Printer,
        keystore: Callable[[], Keystore],
        now: Callable[[], int],
    ) -> None:
        super().__init__(parent)
        self._folder, self._look, self._tasks = folder, look, tasks
        self._printer, self._keystore, self._now = printer, keystore, now
        self._answers = Answers()
        self._store: Store | None = None
        self.page = WizardPage(look)
        self.page.left.connect(self._back)

    def begin(self) -> None:
        """Ask the first question, or the one at which a first run was cut off."""
        self._ask(steps.REGION)
        work = partial(_read, self._folder, self._keystore)
        self._tasks.run(self.page, work, self._resume)

    def go_on(self, store: Store) -> None:
        """Go on with what is left once the laptop has joined; `leave` gives the store back."""
        self._store = store
        step, _ = kept.read(self._folder, self._keystore())
        self._try(max(step, steps.PRINTER))

    def leave(self) -> Store | None:
        """Let go of the store, if there is one by now."""
        store, self._store = self._store, None
        return store

    def _resume(self, found: tuple[int, Answers]) -> None:
        step, self._answers = found
        if self.page.step == steps.REGION and step > steps.REGION:
            self._ask(min(step, steps.PHRASE))

    def _ask(self, step: int) -> None:
        """Show one of the questions that come before joining."""
        question = self._question(step)
        if step < len(_KEYS) and self._answers != Answers():
            question.put(getattr(self._answers, _KEYS[step]))
        last = step == steps.PHRASE
        self.page.show_screen(
            Screen(
                step,
                question,
                "gate.join" if last else "setup.next",
                "buildings" if last else "caret-right",
                partial(self._answered, step, question),
                "setup.back" if step else "",
                self._back if step else None,
            )
        )

    def _question(self, step: int) -> Question:
        match step:
            case steps.REGION:
                return RegionQuestion(self._look)
            case steps.ADDRESS:
                return LineQuestion("gate.url", "gate.url_hint")
            case steps.CODE:
                return LineQuestion("gate.code", "gate.code_hint")
            case steps.OPERATOR:
                return LineQuestion("gate.operator")
            case _:
                return PhraseQuestion()

    def _answered(self, step: int, question: Question) -> None:
        """Take an answer; what can be found wrong now is said now."""
        text = question.answer()
        if step < len(_KEYS):
            self._answers = msgspec.structs.replace(self._answers, **{_KEYS[step]: text})
        match step:
            case steps.REGION:
                self._choose(text)
            case steps.ADDRESS:
                self.page.wait("setup.looking")
                self._run(partial(reach, text), self._reached)
            case steps.CODE:
                try:
                    codes.read(text)
                except Refused as refused:
                    self.page.complain(sentences(refused.problems))
                else:
                    self._next(step)
            case steps.OPERATOR:
                self._next(step)
            case _:
                self._join(text)

    def _choose(self, code: str) -> None:
        region = regions.find(code)
        if region is not None:
            self._look.wear(accent=region.accent)
            if region.server and not self._answers.url:
                self._answers = msgspec.structs.replace(self._answers, url=region.server)
        self._next(steps.REGION)

    def _reached(self, server: int) -> None:
        if abs(server - self._now()) > CLOCK_MS:
            self.page.complain(say("setup.away_clock"))
            return
        self._next(steps.ADDRESS)

    def _next(self, step: int) -> None:
        self._keep(step + 1)
        self._ask(step + 1)

    def _back(self) -> None:
        """Go one question back; what was answered stays. Nothing leads back behind joining."""
        if steps.REGION < self.page.step <= steps.PHRASE:
            self._ask(self.page.step - 1)

    def _join(self, phrase: str) -> None:
        def work() -> Store:
            return enrol(
                self._folder,
                url=self._answers.url,
                code=self._answers.code,
                operator=self._answers.operator,
                phrase=phrase,
                keystore=self._keystore(),
                now=self._now,
            )

        self.page.wait("gate.joining")
        self._run(work, self._joined)

    def _joined(self, store: Store) -> None:
        self._store = store
        self._look.wear(accent=store.region.colours.get("accent"))
        self._keep(steps.PRINTER)
        self._try(steps.PRINTER)

    def _try(self, step: int) -> None:
        """Show one of the trials that follow joining; each may be left for later."""
        assert self._store is not None, "trials follow joining"
        printer = step == steps.PRINTER
        self.page.show_screen(
            Screen(
                step,
                Question(),
                "setup.print" if printer else "setup.send",
                "printer" if printer else "arrows-clockwise",
                self._print if printer else self._send,
                "setup.later" if printer else "setup.work",
                self._tried_printer if printer else self._end,
                self._told("setup.trial_printer" if printer else "setup.trial_sync"),
            )
        )

    def _print(self) -> None:
        """Print the test page; what comes of it, the clerk sees."""
        if self._store is None or not self._printer.ask(self.page.window()):
            return
        size, name = self._store.region.paper, self._printer.name
        fit = self._printer.fits.get(name, AS_IT_IS)
        self.page.wait("setup.printing")
        work = partial(trial.picture, size, name, told(fit), PPI)
        self._run(work, self._on_paper, lane=Lane.PAPER)

    def _on_paper(self, drawn: bytes) -> None:
        try:
            self._printer.put(say("trial.title"), [drawn])
        except OSError:
            self.page.complain(say("setup.no_printer"))
            return
        self._look_at(steps.PRINTER, "setup.printed", "setup.next", self._tried_printer)

    def _tried_printer(self) -> None:
        self._keep(steps.SYNC)
        self._try(steps.SYNC)

    def _send(self) -> None:
        if self._store is not None:
            self.page.wait("setup.sending")
            work = partial(journey.go, self._store)
            self._run(
                work, lambda _: self._look_at(steps.SYNC, "setup.sent", "setup.work", self._end)
            )

    def _look_at(self, step: int, said: str, go: str, do: Callable[[], None]) -> None:
        """Say that a trial went well; Enter goes on, and it may be made again."""
        again = self._print if step == steps.PRINTER else self._send
        self.page.show_screen(
            Screen(step, Question(), go, "check", do, "setup.again", again, self._told(said))
        )

    def _told(self, said: str) -> tuple[tuple[str, str], ...]:
        assert self._store is not None, "trials follow joining"
        names = (("office", self._store.office.name), ("region", self._store.region.name))
        return (*names, ("said", say(said)))

    def _end(self) -> None:
        kept.drop(self._folder)
        store = self.leave()
        if store is not None:
            self.opened.emit(store)

    def _keep(self, step: int) -> None:
        """Keep how far this is; in the lane of the disk, so that no key waits for it."""
        folder, answers, keystore = self._folder, self._answers, self._keystore
        self._tasks.run(self.page, lambda: kept.keep(folder, keystore(), step, answers))

    def _run(
        self, work: Callable[[], object], then: Callable[..., None], *, lane: Lane = Lane.LINE
    ) -> None:
        self._tasks.run(self.page, work, then, failed=self._failed, lane=lane)

    def _failed(self, error: Exception) -> None:
        """Say one calm sentence with the next step, at the question where it is to be mended."""
        match error:
            case Refused():
                step = steps.of(error.problems[0], self.page.step)
                if step != self.page.step:
                    self._ask(step)
                self.page.complain(sentences(error.problems))
            case Barred():
                self.page.complain(say(f"setup.away_{error.why}"))
            case Unreachable():
                self.page.complain(say("setup.away_server"))
            case _:
                self.page.complain("")
                self.troubled.emit(error)


def _read(folder: Path, keystore: Callable[[], Keystore]) -> tuple[int, Answers]:
    return kept.read(folder, keystore())
