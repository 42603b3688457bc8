"""What a run remembers of signatures makes no wrong one a good one."""

import pytest

from forms.engine.problem import Refused
from sync.crypto import signed
from sync.crypto.keys import DeviceKeys
from sync.protocol.stream import Signed
from tests.simulation import thrift


def test_a_signature_that_was_good_is_good_again_and_over_other_bytes_it_is_wrong() -> None:
    keys = DeviceKeys.make()
    stranger = DeviceKeys.make().public().sign
    with thrift.remembered():
        found = signed.sign(b"kenari", keys.sign, "audit")

        for _ in range(2):
            assert signed.check(found, keys.public().sign, "audit") == b"kenari"
        for other in (
            Signed(b"perkutut", found.signature),
            Signed(b"kenari", bytes(64)),
        ):
            with pytest.raises(Refused):
                signed.check(other, keys.public().sign, "audit")
        with pytest.raises(Refused):
            signed.check(found, stranger, "audit")
        with pytest.raises(Refused):
            signed.check(found, keys.public().sign, "page")
