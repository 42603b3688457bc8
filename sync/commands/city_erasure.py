"""`server erase`, `server erasures`: a person is erased, and it is proved who has done so."""

from typing import Any

from forms.engine import words
from sync.commands.call import Answer, Call
from sync.commands.city import opened
from sync.commands.edges import identity, moment
from sync.server import erasure
from sync.server.erasure import Asked, Holder, Line, Plan, Proof


def erase(call: Call) -> Answer:
    """Erase a person, or only show what would go."""
    given = call.options
    asked = Asked(
        identity(given.record),
        given.reason,
        given.ground or words.label("erasure", "ground"),
        whole=given.with_subject_records,
        despite=given.despite_retention,
    )
    with opened(call) as (city, who):
        if given.dry_run:
            return Answer({"ok": True, "erased": False, **_plan(erasure.plan(city, asked))})
        done = erasure.erase(city, asked, who)
    said = {"ok": True, "erased": True, "number": done.number, "again": done.again}
    return Answer({**said, **_plan(done.plan), "beside": done.beside})


def list_all(call: Call) -> Answer:
    """List every erasure with its proof, the oldest first."""
    with opened(call) as (city, _):
        return Answer({"erasures": [_proof(proof) for proof in erasure.proofs(city)]})


def _plan(found: Plan) -> dict[str, Any]:
    return {
        "records": [_line(line) for line in found.lines],
        "mentions": [name.hex() for name in found.mentions],
    }


def _line(line: Line) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": line.record.hex(),
        "service": line.service,
        "office": line.office,
        "state": line.state,
        "changes": line.changes,
        "files": line.files,
        "number": line.number or None,
        "stays": words.label("erasure", "stays") if line.number else None,
    }
    if line.kept_until:
        forever = line.kept_until == "-"
        told["kept_until"] = words.label("erasure", "forever") if forever else line.kept_until
        told["source"] = line.source
    return told


def _proof(proof: Proof) -> dict[str, Any]:
    entry = proof.entry
    return {
        "number": entry.number,
        "time": moment(entry.time),
        "by": entry.by,
        "reason": entry.reason,
        "ground": entry.ground,
        "records": [name.hex() for name in entry.records],
        "whole": bool(entry.subjects),
        "confirmed": [_holder(one) for one in proof.confirmed],
        "outstanding": [_holder(one) for one in proof.outstanding],
        "unreadable": moment(proof.unreadable),
        "backups": [{"file": file, "until": moment(until)} for file, until in proof.backups],
    }


def _holder(holder: Holder) -> dict[str, Any]:
    return {
        "device": holder.device.hex(),
        "office": holder.office,
        "time": moment(holder.confirmed) if holder.confirmed else None,
        "last_seen": moment(holder.seen) if holder.seen else None,
        "revoked": holder.revoked,
    }
