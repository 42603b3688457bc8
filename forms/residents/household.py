"""Who stands on one family card (KK), and what a further member of it begins with; pure."""

from collections.abc import Mapping

from forms.engine.answers import Answers, Value
from forms.engine.form import Form

CARD = "nomor_kk"
_PLACE = "shdk"
_BORN = "tanggal_lahir"
_ADDRESS = "alamat"  # its merge group is the whole address
_UNKNOWN = 99  # behind all places of the card's list


def order(answers: Mapping[str, Value]) -> tuple[int, str]:
    """Give the key that sorts members as the card lists them: by place, then the older first."""
    place = str(answers.get(_PLACE) or "")
    return int(place) if place.isdecimal() else _UNKNOWN, str(answers.get(_BORN) or "9")


def begun(form: Form, answers: Mapping[str, Value]) -> Answers:
    """Give what a further member shares with this one: the card and the whole address."""
    lived = form.group_of(_ADDRESS)
    shared = [key for key in form.fields if key == CARD or form.group_of(key) == lived]
    return {key: answers[key] for key in shared if answers.get(key) is not None}
