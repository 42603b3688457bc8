"""What becomes of one change: pure, the same at the server's intake and on a desk that looks ahead.

Verdict of an edit, group by group, the first that fits (sync-rules 1b):

    the id is known                          its old verdict
    its record, or its subject, was erased   erased: its body is dropped (sync.protocol.erase)
    the value is the present one             no_effect; the id stands for the present change
    the base is not known here               held, the whole change: a base is never guessed
    the effective base is the present one    applied
    the id is an ancestor of the present     no_effect
    anything else                            conflict: the present value stays, a person chooses

Whether its author may do it at all, and there: sync.protocol.authority and sync.protocol.place;
whether they did: sync.protocol.authorship.

The effective base is the base followed through what had no effect or was not applied. An edit is
applied group by group; a transition is all or nothing, over every group that it names a base for
(1e): where it writes nothing, its base's own value must be the present one, since that stands on
the paper. A change that carries paper or a number is a fact: it is never refused, what is wrong
with it is put before a person beside it. Device, operator and clock never decide.

A record that was put before another office (a kecamatan, for the second signature) takes from there
the actions that its machine gives to offices of that kind, and nothing else; a number of that
office's register stands beside the record's own. A final number takes the place of a provisional
one of its series and year, whatever was done since; where there is none, it is a fact beside it.
How a settlement is judged: sync.protocol.settle.
"""

from collections.abc import Collection, Mapping

import msgspec

from forms.engine.answers import Answers
from forms.engine.form import Form
from forms.engine.problem import Refused
from sync.protocol import authority, authorship, branch, place, settle
from sync.protocol.authority import Right
from sync.protocol.branch import NUMBER
from sync.protocol.change import EDIT, NEW, NUMBERING, SETTLE, STATE, Change, Number
from sync.protocol.ties import corrected, is_second
from sync.protocol.view import Dispute, DisputeKind, Judgement, Present, View
from sync.protocol.walk import Waits, is_ancestor, resolved, tip

__all__ = ["VOID", "applied_groups", "carries_paper", "given_up", "judge"]

VOID = "void"  # the state of a letter whose paper counts no more


def judge(change: Change, view: View) -> Judgement:
    """Judge one change against the view, changing nothing."""
    known = view.known(change.id)
    if known is not None:
        return Judgement(known.verdict, known.code, repeated=True)
    if change.erased or view.erased(change):
        judgement = Judgement("erased")
        return _registered(change, view, judgement) if _numbered(change) else judgement
    try:
        judgement = _judged(change, view)
    except Waits as reason:
        return Judgement("held", waits_for=reason.waits_for)
    return _registered(change, view, judgement) if _numbered(change) else judgement


def given_up(change: Change, view: View) -> Judgement:
    """Judge a change whose record didn't come while it was waited for: a paper is a fact still."""
    judgement = _turned_down(change, view.present(change.target), view, "record_unknown")
    return _registered(change, view, judgement) if _numbered(change) else judgement


def carries_paper(change: Change) -> bool:
    """Whether the change says that something was printed or a number was used."""
    return change.body.paper is not None or change.number is not None


def applied_groups(form: Form, change: Change, verdict: str, code: str) -> frozenset[str]:
    """Tell which groups of a stream's row to take over, given the verdict and code of its Fate.

    Of an edit in conflict that is every group but those that the code names.
    """
    touched = frozenset(form.group_of(key) for key in change.body.answers)
    if change.act == SETTLE:
        return touched if settle.writes(change, verdict, code) else frozenset()
    if change.act == NUMBERING:
        return frozenset({NUMBER}) if verdict == "applied" else frozenset()
    if change.act not in {NEW, EDIT} or (change.act == NEW and verdict == "applied"):
        touched |= {STATE}
    if verdict == "applied":
        return touched
    disputed = branch.groups(code) if verdict == "conflict" else None
    return frozenset() if disputed is None else touched - disputed


def _judged(change: Change, view: View) -> Judgement:
    form = view.form(change.service)
    present = view.present(change.target)
    if form is None:
        return _turned_down(change, present, view, "service_unknown")
    fault = view.fault(change, form)
    right = Right(fault, ()) if fault else authority.right(change, form, view)
    code = right.code
    if not code and present is not None:
        code = place.fault(change, form, present, view)
    if not code and not authorship.may_keep(change, form, present, view):
        code = authority.MISSING
    mark = "" if code else authorship.fault(change, form, view, right.roles)
    if mark and (mark not in authorship.MARKS or authorship.decides(form, change)):
        code = mark
    if code:
        return _turned_down(change, present, view, code)
    if present is None:
        if change.act != NEW:
            raise Waits(change.record)
        judgement = _begun(change, form, view)
    else:
        judgement = _fitted(change, form, present, view, right.roles)
    mark = mark or (authority.ENDED if right.ended else "")
    if mark and judgement.verdict == "applied":
        return msgspec.structs.replace(judgement, code=mark)
    return judgement


def _fitted(
    change: Change, form: Form, present: Present, view: View, roles: Collection[str]
) -> Judgement:
    """Judge what its author may do to a record that is here."""
    if change.act in {NEW, EDIT}:
        return _edited(change, form, present, view)
    if change.act == SETTLE:
        return _settled(change, form, present, view)
    if change.act == NUMBERING:
        return _numbered_late(change, present, view)
    return _moved(change, form, present, view, roles)


def _begun(change: Change, form: Form, view: View) -> Judgement:
    answers = {key: value for key, value in change.body.answers.items() if value is not None}
    present = Present(
        change.target,
        change.service,
        view.office(change),
        change.subject,
        change.state or form.machine.start,
        answers,
        {"": change.id},
        change.number,
        replaces=corrected(change),
    )
    return Judgement("applied", present=present, disputes=_doubles(change, form, present, view))


def _edited(change: Change, form: Form, present: Present, view: View) -> Judgement:
    answers, heads = dict(present.answers), dict(present.heads)
    stands: dict[str, bytes] = {}
    disputes: list[Dispute] = []
    applied = False
    for group, keys in _touched(change, form).items():
        before = _held(present, keys)
        value = _proposed(change, keys)
        head = present.head(group)
        if value == before:
            stands[group] = head
            continue
        base = resolved(change.base.get(group, b""), group, view)
        fits = base == head or (not base and not before and group not in present.heads)
        if fits and present.state in form.machine.editable:
            for key in keys:
                answers.pop(key, None)
            answers.update(value)
            heads[group] = change.id
            applied = True
        elif not fits and is_ancestor(change.id, head, group, view):
            stands[group] = head
        else:
            stands[group] = base
            disputes.append(_dispute(change, present, group, (before, value), view))
    after = msgspec.structs.replace(present, answers=answers, heads=heads) if applied else None
    if after is not None:
        doubles = _doubles(change, form, after, view)
    if disputes:
        code = branch.code_of(change, disputes)
        found = (*disputes, *(doubles if after else ()))
        return Judgement("conflict", code, stands, after, found)
    if after is None:
        return Judgement("no_effect", stands=stands)
    return Judgement("applied", "", stands, after, doubles)


def _moved(
    change: Change, form: Form, present: Present, view: View, roles: Collection[str]
) -> Judgement:
    touched = _touched(change, form)
    written = {*touched, STATE}
    bases = {
        group: resolved(change.base.get(group, b""), group, view, vouches=group not in written)
        for group in {*change.base, *written}
    }
    head = present.head(STATE)
    last = view.known(head)
    same = last is not None and last.act == change.act and change.state == present.state
    if same and not carries_paper(change) and _says_nothing_new(change, touched, present):
        return Judgement("no_effect", stands={group: present.head(group) for group in bases})
    if any(base != present.head(group) for group, base in bases.items()):
        dispute = _dispute(change, present, STATE, _states(change, present), view, "transition")
        code = branch.code_of(change, [dispute])
        return Judgement("conflict", code, bases, disputes=(dispute,))
    try:
        target = form.machine.step(
            present.state,
            change.act,
            roles,
            change.body.reason,
            office=view.place(change, present) or "",
        )
    except Refused as refused:
        return _turned_down(change, present, view, refused.problems[0].code)
    if target != change.state:
        return _turned_down(change, present, view, "state_wrong")
    answers, heads = dict(present.answers), dict(present.heads)
    for group, keys in touched.items():
        for key in keys:
            answers.pop(key, None)
        answers.update(_proposed(change, keys))
        heads[group] = change.id
    heads[STATE] = change.id
    number = present.number if is_second(change.number) else change.number or present.number
    after = msgspec.structs.replace(
        present, state=target, answers=answers, heads=heads, number=number
    )
    found = [*_doubles(change, form, after, view)]
    if target == VOID:
        found += _ended(change, view)
    return Judgement("applied", present=after, disputes=tuple(found))


def _numbered_late(change: Change, present: Present, view: View) -> Judgement:
    """Put the final number in the place of the provisional one; a second's stands elsewhere."""
    resolved(change.base.get(STATE, b""), STATE, view)  # the act that printed the provisional one
    if is_second(change.number):
        return Judgement("applied", present=present)
    before, number = present.number, change.number
    waits = before is not None and before.provisional
    same = before is not None and number is not None and _series(before) == _series(number)
    if not waits or not same:
        return _turned_down(change, present, view, "number_not_awaited")
    return Judgement("applied", present=msgspec.structs.replace(present, number=number))


def _settled(change: Change, form: Form, present: Present, view: View) -> Judgement:
    if carries_paper(change):
        return _turned_down(change, present, view, "settlement_wrong")
    judgement = settle.judged(change, form, present, view)
    if judgement.present is None:
        return judgement
    doubles = _doubles(change, form, judgement.present, view)
    return msgspec.structs.replace(judgement, disputes=(*judgement.disputes, *doubles))


def _ended(change: Change, view: View) -> list[Dispute]:
    """Close what is settled by the paper's being void, with this act as the reason."""
    return [
        msgspec.structs.replace(dispute, closed_by=change.id)
        for dispute in view.doubts(change.target)
        if dispute.kind in settle.VOIDED
    ]


def _says_nothing_new(
    change: Change, touched: Mapping[str, tuple[str, ...]], present: Present
) -> bool:
    return all(_proposed(change, keys) == _held(present, keys) for keys in touched.values())


def _turned_down(change: Change, present: Present | None, view: View, code: str) -> Judgement:
    """Refuse; or, where something was printed, take it and leave what is wrong to a person."""
    form = view.form(change.service)
    groups = {*change.base, STATE}
    groups |= {form.group_of(key) if form else key for key in change.body.answers}
    stands = {}
    for group in sorted(groups):
        base = change.base.get(group, b"")
        try:
            stands[group] = resolved(base, group, view)
        except Waits:
            stands[group] = base
    if not carries_paper(change):
        return Judgement("refused", code, stands)
    before, value = _states(change, present)
    head = present.head(STATE) if present else b""
    dispute = Dispute("paper", change.id, STATE, change.target, head, change.id, before, value)
    return Judgement("conflict", code, stands, disputes=(dispute,))


def _dispute(
    change: Change,
    present: Present,
    group: str,
    values: tuple[Answers, Answers],
    view: View,
    kind: DisputeKind = "value",
) -> Dispute:
    """Join the branch that the change's base is the tip of, or open a new dispute."""
    joined = view.disputed(tip(change.base.get(group, b""), group, view), group)
    goes_on = joined is not None and joined.kind == kind and not joined.closed_by
    name = joined.id if joined is not None and goes_on else change.id
    before, value = values
    return Dispute(kind, name, group, present.id, present.head(group), change.id, before, value)


def _doubles(change: Change, form: Form, present: Present, view: View) -> tuple[Dispute, ...]:
    """One dispute for each unique value that other records bear as well; all of them are kept."""
    found = []
    for key in form.unique:
        value, group = present.answers.get(key), form.group_of(key)
        if value is None or key not in change.body.answers or present.head(group) != change.id:
            continue
        others = [name for name in view.bearers(present, key) if name != present.id]
        if others:
            other = view.present(min(others))
            theirs = other.head(group) if other else b""
            same: Answers = {key: value}
            found.append(
                Dispute("duplicate", change.id, group, present.id, theirs, change.id, same, same)
            )
    return tuple(found)


def _series(number: Number) -> tuple[str, int]:
    return number.series, number.year


def _numbered(change: Change) -> bool:
    return change.number is not None and not change.number.provisional


def _registered(change: Change, view: View, judgement: Judgement) -> Judgement:
    """Note what is wrong with the number that was used; it is in the register all the same."""
    if judgement.verdict == "held":
        return judgement
    holder = view.holder(change)
    if holder is not None and holder != change.id:
        kind: DisputeKind = "number_taken"
    elif not view.leased(change):
        kind, holder = "number_not_leased", b""
    else:
        return judgement
    text: Answers = {NUMBER: change.number.text if change.number else ""}
    dispute = Dispute(kind, change.id, NUMBER, change.target, holder, change.id, text, text)
    return msgspec.structs.replace(
        judgement,
        code=branch.with_number(judgement.code, kind),
        disputes=(*judgement.disputes, dispute),
    )


def _touched(change: Change, form: Form) -> dict[str, tuple[str, ...]]:
    """Map each group of the answers to its keys; an unknown field is a group of its own.

    An edit names every field of a group that its author's version knows, empty ones too: of a
    field that a later version has added to the group it says nothing.
    """
    found: dict[str, tuple[str, ...]] = {}
    for key in change.body.answers:
        group = form.group_of(key)
        if group not in found:
            keys = form.groups.get(group, (key,))
            said = tuple(one for one in keys if one in change.body.answers)
            found[group] = said if change.act == EDIT else keys
    return found


def _proposed(change: Change, keys: tuple[str, ...]) -> Answers:
    answers = change.body.answers
    return {key: answers[key] for key in keys if answers.get(key) is not None}


def _states(change: Change, present: Present | None) -> tuple[Answers, Answers]:
    return ({STATE: present.state} if present else {}), {STATE: change.state}


def _held(present: Present, keys: tuple[str, ...]) -> Answers:
    return {key: present.answers[key] for key in keys if key in present.answers}
