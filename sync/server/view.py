"""What the intake of one batch sees: rows read in a few statements, and what was judged since.

Everything that judging may touch is read by `load`; what is only asked for in doubt (a further
base, the tip of a dispute) is read when it is asked for.
"""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection

from forms.engine.form import Form
from forms.engine.machine import HEAD
from forms.engine.spec import CITY
from forms.mail import series as post
from sync.protocol.authorship import signer
from sync.protocol.change import NEW, Change, Number
from sync.protocol.erase import ERASED
from sync.protocol.settle import chosen
from sync.protocol.view import Dispute, Judgement, Known, Present
from sync.server import reading
from sync.server.authority import Authority, held
from sync.server.authorship import Authorship
from sync.server.city import OPERATOR, City
from sync.server.erased_records import ErasedRecords
from sync.server.holding import Holding
from sync.server.reach import Reach

NumberKey = tuple[bytes, str, int, int]


class BatchView:
    """Implements sync.protocol.view.View over the server's tables, with an overlay."""

    def __init__(self, connection: Connection, city: City, faults: dict[bytes, str]) -> None:
        self.connection = connection
        self.city = city
        self.faults = faults
        self.stored: dict[bytes, Present] = {}  # records as the table has them
        self.records: dict[bytes, Present | None] = {}
        self.touched: dict[bytes, Present] = {}  # records as this batch leaves them
        self.numbers: dict[NumberKey, bytes] = {}
        self.disputes: dict[tuple[bytes, str], Dispute] = {}  # opened or moved on by this batch
        self.reach = Reach()
        self.holding = Holding(connection, city, self.reach)
        self.authority = Authority(connection, city, self.reach)
        self.signers = Authorship(connection, city, self.office)
        self.authors: dict[bytes, bytes] = {}  # the offices behind those disputes' proposals
        self._identities: dict[tuple[str, str, str], dict[bytes, bytes]] = {}
        self._tips: dict[tuple[bytes, str], Dispute | None] = {}
        self._known: dict[bytes, Known | None] = {}
        self._speaks = False
        self._forms: dict[str, Form | None] = {}
        self._offices: dict[bytes, bytes] = {}
        self._roles: dict[bytes, tuple[Present | None, frozenset[str]]] = {}
        self._leases: dict[tuple[bytes, bytes], list[tuple[str, int, int, int]]] = {}
        self._gone = ErasedRecords(connection, city.code)

    def load(self, changes: Iterable[Change]) -> None:
        """Read what judging these changes will ask for."""
        changes = list(changes)
        ids = {one for change in changes for one in (change.id, *change.base.values()) if one}
        self._load_known(ids - self._known.keys())
        named = {(one.target, one.operator, signer(one) or one.target) for one in changes}
        self._load_records(set().union(*named) - self.records.keys())
        self._gone.load(changes)
        self._load_identities(changes)
        self._load_numbers(changes)

    def known(self, change: bytes) -> Known | None:
        """Find a change that was judged before."""
        if change not in self._known:
            self._load_known({change})
        return self._known[change]

    def present(self, record: bytes) -> Present | None:
        """Find a record as it is now."""
        if record not in self.records:
            self._load_records({record})
        return self.records[record]

    def form(self, service: str) -> Form | None:
        """Find a service's form."""
        if service not in self._forms:
            self._forms[service] = self.city.form(service)
        return self._forms[service]

    def fault(self, change: Change, _form: Form) -> str:
        """Say why a change may not come in: what was found before, or its operator."""
        found = self.faults.get(change.id)
        if found:
            return found
        if self._is_own(change.operator):
            return ""
        operator = self.present(change.operator)
        if operator is None or operator.service != OPERATOR:
            return "operator_unknown"
        return "" if operator.office == self.office(change) else "operator_unknown"

    def erased(self, change: Change) -> bool:
        """Tell whether the person whom the change is about was erased."""
        return self._gone.covers(change)

    def office(self, change: Change) -> bytes:
        """Name the office of the author's device; empty for a device that is not known."""
        if change.device not in self._offices:
            found = reading.device_office(self.connection, self.city.code, change.device)
            self._offices[change.device] = found
        return self._offices[change.device]

    def place(self, change: Change, present: Present) -> str | None:
        """Say where the author stands to a record: "" in its own office, else their kind."""
        form = self.form(present.service)
        return self.holding.place(self.office(change), change, form, present)

    def roles(self, operator: bytes) -> Collection[str]:
        """List the roles of an operator who works here."""
        if self._is_own(operator):
            return frozenset({HEAD, CITY})
        found, asked = self.present(operator), self._roles.get(operator)
        if asked is None or asked[0] is not found:
            asked = self._roles[operator] = (found, held(found))
        return asked[1]

    def former(self, change: Change) -> Collection[str]:
        """List the roles of a change's author as their desk knew them."""
        return self.authority.roles(self.office(change), change)

    def disputed(self, tip: bytes, group: str) -> Dispute | None:
        """Find the dispute whose latest proposal is this change, open or closed."""
        if (tip, group) not in self._tips:
            found = reading.dispute(self.connection, self.city.code, tip, group)
            self._tips[tip, group] = found
        found = self._tips[tip, group]
        if found is None:
            return None
        latest = self.disputes.get((found.id, group), found)
        return latest if latest.proposed == tip else None  # else the branch has gone on

    def doubts(self, record: bytes) -> Collection[Dispute]:
        """List the open disputes about a record, and about numbers that its papers bear."""
        found = {
            (dispute.id, dispute.group): dispute
            for dispute in reading.doubts(self.connection, self.city.code, record)
        }
        for place, dispute in self.disputes.items():
            holder = self.known(dispute.present) if dispute.kind == "number_taken" else None
            if record in {dispute.record, holder.record if holder else b""}:
                found[place] = dispute
        return [found[place] for place in sorted(found) if not found[place].closed_by]

    def bearers(self, present: Present, key: str) -> Collection[bytes]:
        """List records that bear the same value; of an internal form those of the office."""
        form = self.form(present.service)
        place = (present.service, key, str(present.answers[key]))
        found = self._identities.get(place, {})
        if form is not None and form.internal:
            return [record for record, office in found.items() if office == present.office]
        return found

    def holder(self, change: Change) -> bytes | None:
        """Find the change that has this change's number."""
        return self.numbers.get(number_key(self.office(change), change.number))

    def leased(self, change: Change) -> bool:
        """Tell whether the number lies in a lease of the author's incarnation.

        One that is inserted behind another needs none.
        """
        number, author = change.number, (change.device, change.incarnation)
        if number is None:
            return False
        if post.parent(number.series) is not None:
            return True
        if author not in self._leases:
            place = (self.office(change), *author)
            self._leases[author] = reading.leases(self.connection, self.city.code, place)
        return any(
            series == number.series and year == number.year and low <= number.position <= high
            for series, year, low, high in self._leases[author]
        )

    def put(self, change: Change, judgement: Judgement) -> None:
        """Let later changes see what this one did."""
        before = self.records.get(change.target)
        if before is not None:
            form = self.form(before.service)
            self.holding.note(self.office(change), change, form, before)
        self._known[change.id] = Known(
            judgement.verdict,
            judgement.code,
            change.target,
            change.act,
            change.base,
            judgement.stands,
            chosen(change),
        )
        if judgement.verdict == ERASED and change.act == NEW and before is None:
            self._gone.note(change.target)
        if judgement.present is not None:
            form = self.form(judgement.present.service)
            present = self.holding.moved(change, form, before, judgement.present)
            self._put_identities(present)
            self.signers.note(present)
            self.records[change.target] = present
            self.touched[change.target] = present
        if change.number is not None and not change.number.provisional:
            self.numbers.setdefault(number_key(self.office(change), change.number), change.id)
        for dispute in judgement.disputes:
            if not dispute.closed_by:
                self.authors[dispute.proposed] = self.office(change)
            self.disputes[dispute.id, dispute.group] = dispute
            self._tips[dispute.proposed, dispute.group] = dispute

    def speak_for(self, office: bytes) -> None:
        """Let changes that the server itself makes count as this office's, by its head's right."""
        self._offices[self.city.id] = office
        self._speaks = True

    def vouch(self, device: bytes, office: bytes) -> None:
        """Let changes of a device count as this office's, also where the device is not known."""
        self._offices[device] = office

    def forget(self, change: bytes) -> None:
        """Let a held change be judged again."""
        self._known[change] = None
        self.reach.judge_again(change)

    def close(self, base: bytes) -> None:
        """Stop waiting for a base: it counts as a change that was never applied."""
        self._known[base] = Known("refused", "base_unknown", b"", "", {})

    def _is_own(self, operator: bytes) -> bool:
        """Tell whether the server itself is the author, at an administrator's word."""
        return self._speaks and operator == self.city.id

    def _put_identities(self, present: Present) -> None:
        form = self.form(present.service)
        before = self.records.get(present.id)
        for key in form.unique if form is not None else ():
            old = before.answers.get(key) if before is not None else None
            new = present.answers.get(key)
            if old is not None and old != new:
                self._identities.get((present.service, key, str(old)), {}).pop(present.id, None)
            if new is not None:
                bearers = self._identities.setdefault((present.service, key, str(new)), {})
                bearers[present.id] = present.office

    def _load_known(self, ids: set[bytes]) -> None:
        self._known.update(dict.fromkeys(ids))
        self._known.update(reading.known(self.connection, self.city.code, ids))

    def _load_records(self, ids: set[bytes]) -> None:
        found = reading.records(self.connection, self.city.code, ids)
        self.records.update(dict.fromkeys(ids))
        self.records.update(found)
        self.stored.update(found)

    def _load_identities(self, changes: list[Change]) -> None:
        wanted: dict[tuple[str, str], set[str]] = {}
        for change in changes:
            form = self.form(change.service)
            for key in form.unique if form is not None else ():
                value = change.body.answers.get(key)
                if value is not None and (change.service, key, str(value)) not in self._identities:
                    wanted.setdefault((change.service, key), set()).add(str(value))
        for (service, key), values in wanted.items():
            found = reading.bearers(self.connection, self.city.code, (service, key), values)
            self._identities |= {(service, key, value): found.get(value, {}) for value in values}

    def _load_numbers(self, changes: list[Change]) -> None:
        wanted: dict[tuple[bytes, str, int], set[int]] = {}
        for change in changes:
            number = change.number
            if number is not None and not number.provisional:
                series = (self.office(change), number.series, number.year)
                wanted.setdefault(series, set()).add(number.position)
        for place, positions in wanted.items():
            found = reading.numbers(self.connection, self.city.code, place, positions)
            for position, holder in found.items():
                self.numbers.setdefault((*place, position), holder)


def number_key(office: bytes, number: Number | None) -> NumberKey:
    """Name a number's place in the register."""
    if number is None:
        return (office, "", 0, 0)
    return (office, number.series, number.year, number.position)
