"""Plain content becomes a padded, compressed frame and comes back within bounds.

    frame = 4-byte length | zstd frame | zeros up to the padded size

The padded size follows Padmé (Nikitin et al. 2019): at most 12 % more, and only O(log log n) bits
of the size leak. Compression happens before sealing, so the size must not tell what a single small
batch holds: 256 bytes at least.
"""

import struct
import sys

from forms.engine.problem import Problem, Refused

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

SIZE_MIN = 256
LEVEL = 9  # a batch is small and travels at 64 kbit/s; decoding costs the same at any level
CONTENT_MAX = 64 * 1024 * 1024  # the largest batch we make is far below; a bomb stops here
_LENGTH = struct.Struct(">I")


def padded_size(size: int) -> int:
    """Return the Padmé size for `size` bytes, never under SIZE_MIN."""
    if size <= SIZE_MIN:
        return SIZE_MIN
    exponent = size.bit_length() - 1
    free = exponent - exponent.bit_length()
    mask = (1 << free) - 1
    return (size + mask) & ~mask


def pack(content: bytes, level: int = LEVEL) -> bytes:
    """Compress and pad."""
    packed: bytes = zstd.compress(content, level=level)
    size = padded_size(_LENGTH.size + len(packed))
    return (_LENGTH.pack(len(packed)) + packed).ljust(size, b"\0")


def unpack(frame: bytes) -> bytes:
    """Undo `pack`.

    Refused(frame_malformed) for a wrong length, padding or trailing data; Refused(frame_too_large)
    for more than CONTENT_MAX bytes, without ever holding more.
    """
    if len(frame) < _LENGTH.size:
        raise Refused(Problem("frame_malformed"))
    (length,) = _LENGTH.unpack_from(frame)
    body = frame[_LENGTH.size :]
    if length > len(body) or any(body[length:]) or len(frame) != padded_size(_LENGTH.size + length):
        raise Refused(Problem("frame_malformed"))
    decompressor = zstd.ZstdDecompressor()
    try:
        content: bytes = decompressor.decompress(body[:length], max_length=CONTENT_MAX)
    except zstd.ZstdError as error:
        raise Refused(Problem("frame_malformed")) from error
    if not decompressor.eof and len(content) == CONTENT_MAX:
        raise Refused(Problem("frame_too_large"))
    if not decompressor.eof or decompressor.unused_data:
        raise Refused(Problem("frame_malformed"))
    return content
