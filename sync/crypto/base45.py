"""Base45 (RFC 9285): bytes in the alphabet that a QR code packs densest."""

from forms.engine.problem import Problem, Refused

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_PLACE = {symbol: index for index, symbol in enumerate(_ALPHABET)}


def encode(data: bytes) -> str:
    """Encode two bytes as three symbols, a last single byte as two."""
    symbols = []
    for at in range(0, len(data), 2):
        pair = data[at : at + 2]
        number = int.from_bytes(pair)
        for _ in range(len(pair) + 1):
            number, place = divmod(number, 45)
            symbols.append(_ALPHABET[place])
    return "".join(symbols)


def decode(text: str) -> bytes:
    """Undo `encode`; Refused(qr_malformed) for anything it can't have made."""
    data = bytearray()
    for at in range(0, len(text), 3):
        part = text[at : at + 3]
        size = len(part) - 1
        number = 0
        for symbol in reversed(part):
            if symbol not in _PLACE:
                raise Refused(Problem("qr_malformed"))
            number = number * 45 + _PLACE[symbol]
        if size == 0 or number >= 256**size:
            raise Refused(Problem("qr_malformed"))
        data += number.to_bytes(size)
    return bytes(data)
