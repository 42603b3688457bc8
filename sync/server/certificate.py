"""The certificate of a server that speaks HTTPS itself: whether it can be used, before it is."""

import ssl
from pathlib import Path

from forms.engine.problem import Problem, Refused


def check(certificate: Path, key: Path) -> None:
    """Load both as the server will; Refused(certificate_unusable), also where they don't fit."""

    def no_passphrase() -> str:  # else it would be asked for on a terminal that nobody sees
        raise Refused(Problem("certificate_unusable"))

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key, no_passphrase)
    except OSError as error:  # ssl.SSLError among them
        raise Refused(Problem("certificate_unusable")) from error
