"""Whether an address is this machine's own: only there may anything go without TLS."""

import ipaddress


def is_loopback(host: str) -> bool:
    """Tell whether a host's name or address, without brackets, leads to this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
