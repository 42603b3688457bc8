"""What judging sees and what it says: records, changes judged before, disputes, a judgement.

`View` has two implementers: the server's batch (sync.server.view) and a desk that looks ahead.
"""

from collections.abc import Collection, Mapping
from typing import Literal, Protocol

import msgspec

from forms.engine.answers import Answers
from forms.engine.form import Form
from sync.protocol.change import Change, Number
from sync.protocol.receipt import VerdictName

DisputeKind = Literal[
    "value", "transition", "paper", "number_taken", "number_not_leased", "duplicate"
]

Kept = Literal["present", "proposed"]


class Present(msgspec.Struct, frozen=True):
    """What is held of one record.

    `heads` names the change that last wrote a group, and under "" the one that wrote all the others
    by beginning the record. `guests` are the offices that it was put before, beside its own;
    `replaces` is the record whose paper this one's corrects.
    """

    id: bytes
    service: str
    office: bytes
    subject: bytes
    state: str
    answers: Answers
    heads: dict[str, bytes]
    number: Number | None = None
    guests: tuple[bytes, ...] = ()
    replaces: bytes = b""

    def head(self, group: str) -> bytes:
        """Return the change that last wrote a group."""
        return self.heads.get(group) or self.heads[""]


class Known(msgspec.Struct, frozen=True):
    """A change that was judged before; `stands` has the groups in which another stands for it.

    `chose` is the change whose value it chose, if it is a settlement.
    """

    verdict: VerdictName
    code: str
    record: bytes
    act: str
    bases: Mapping[str, bytes]
    stands: Mapping[str, bytes] = {}
    chose: bytes = b""


class Dispute(msgspec.Struct, frozen=True):
    """Something for a person: two values, two papers, one number twice, one NIK on two records.

    `id` is the change that opened it, `proposed` the latest one in its branch (sync-rules 1c),
    `present` the one whose value stands. Once closed, `closed_by` is the settlement, and `kept`
    says what it chose, or the act that made the paper void, with `kept` empty.
    """

    kind: DisputeKind
    id: bytes
    group: str
    record: bytes
    present: bytes
    proposed: bytes
    present_value: Answers
    proposed_value: Answers
    closed_by: bytes = b""
    kept: Kept | Literal[""] = ""


class Judgement(msgspec.Struct, frozen=True):
    """What becomes of a change; `present` is the record afterwards, None where it stays."""

    verdict: VerdictName
    code: str = ""
    stands: Mapping[str, bytes] = {}
    present: Present | None = None
    disputes: tuple[Dispute, ...] = ()
    waits_for: bytes = b""
    repeated: bool = False


class Signers(Protocol):
    """What judging asks of operators' own keys (sync.protocol.authorship)."""

    def signed(self, change: Change, public: bytes, /) -> bool:
        """Tell whether this key signed the change."""
        ...

    def keyed(self, change: Change) -> bool:
        """Tell whether the author's laptop has brought an operator's key before."""
        ...

    def first(self, change: Change) -> bool:
        """Tell whether the key that a change brings is the first of its operator."""
        ...


class View(Protocol):
    """What judging sees: what was there before, and what earlier changes of the batch did."""

    @property
    def signers(self) -> Signers:
        """Operators' own keys."""
        ...

    def known(self, change: bytes) -> Known | None:
        """Find a change that was judged before."""
        ...

    def present(self, record: bytes) -> Present | None:
        """Find a record."""
        ...

    def form(self, service: str) -> Form | None:
        """Find a service's form."""
        ...

    def fault(self, change: Change, form: Form, /) -> str:
        """Say by code why the change may not come in at all; "" if it may.

        Who its author is, its scope, its answers: what does not depend on the record.
        """
        ...

    def erased(self, change: Change, /) -> bool:
        """Tell whether the person whom the change is about was erased."""
        ...

    def office(self, change: Change) -> bytes:
        """Name the office that the author works in."""
        ...

    def place(self, change: Change, present: Present, /) -> str | None:
        """Say where the author stands to a record: "" in its own office, else their office's kind.

        None where the record was never put before that office.
        """
        ...

    def roles(self, operator: bytes) -> Collection[str]:
        """List an operator's roles; none for an unknown one or one who has left."""
        ...

    def former(self, change: Change) -> Collection[str]:
        """List the roles that a change's author had as far as their desk could know."""
        ...

    def disputed(self, tip: bytes, group: str) -> Dispute | None:
        """Find the dispute whose latest proposal is this change, open or closed; there is one."""
        ...

    def doubts(self, record: bytes) -> Collection[Dispute]:
        """List the open disputes about a record, and about numbers that its papers bear."""
        ...

    def bearers(self, present: Present, key: str) -> Collection[bytes]:
        """List records of the service that bear this record's value, which should be unique."""
        ...

    def holder(self, change: Change) -> bytes | None:
        """Find the change that has this change's number."""
        ...

    def leased(self, change: Change) -> bool:
        """Tell whether the number lies in a lease of the author's device."""
        ...
