"""`letter pdf`: the very bytes that print, with `--sign` signed by the office's certificate too."""

from pathlib import Path
from typing import Any

from forms.engine.problem import Problem, Refused
from forms.engine.words import say
from sync.commands import credential
from sync.commands.call import Answer, Call
from sync.commands.edges import identity
from sync.commands.entry import clock, entered
from sync.commands.files import check_place, replaced
from sync.commands.trouble import shown
from sync.crypto import pades
from sync.protocol import looks as said
from sync.store import letters, looks, read


def pdf(call: Call) -> Answer:
    """Write a letter's PDF; the first one of an issued letter is the original."""
    given = call.options
    path = Path(given.file)
    # A print is counted before it is made; neither a folder that isn't there nor a certificate
    # that doesn't open must cost the original.
    check_place(path)
    certificate = _certificate(call) if given.sign else None
    with entered(call) as store:
        record = identity(given.id)
        printed = letters.pdf(store, record, preview=given.preview)
        looks.at_record(store, read.record(store, record), said.LETTER)
        place = store.office.name
    data = printed.data
    answer: dict[str, Any] = {"pages": printed.pages, "copy": printed.copy, "file": str(path)}
    if certificate is not None:
        if printed.copy is None:
            raise Refused(Problem("sign_not_in_force"))
        data = certificate.sign(data, reason=say("signature_reason"), place=place)
        answer["signed_by"] = certificate.subject
    replaced(path, data)
    if printed.lacks:
        answer["warnings"] = list(shown(printed.lacks))
    return Answer(answer)


def _certificate(call: Call) -> pades.Certificate:
    if call.options.preview:
        raise Refused(Problem("sign_not_in_force"))
    data = Path(call.options.sign).read_bytes()
    return pades.read(data, credential.ask_certificate(call), now=clock())
