"""Files that customers attach, drawn in code: photographs of damage, an invoice."""

import struct
import zlib
from collections.abc import Callable

WIDTH, HEIGHT = 360, 270
Pixel = tuple[int, int, int]


def torn_fabric(x: int, y: int) -> Pixel:
    """Green tent fabric with a seam, and a tear that runs down from it."""
    weave = 6 * ((x // 3 + y // 3) % 2) + (x * 7 + y * 13) % 5
    tear = 150 + y // 4 + abs(y % 46 - 23) // 3 + abs(y % 18 - 9) // 2
    if y > 60 and abs(x - tear) < (y - 60) // 11 + 2:
        return (34, 30, 28)
    if 52 < y < 60:
        return (196, 190, 160) if x % 14 < 8 else (58, 84, 62)
    return (62 + weave, 98 + weave - y // 12, 70 + weave)


def snapped_pole(x: int, y: int) -> Pixel:
    """An aluminium pole that broke, on a wooden floor."""
    plank = 12 if x % 90 < 3 else (x * 31 + y // 5 * 17) % 9
    left = 150 - x // 6
    right = 92 + (x - 190) // 4
    middle = left if x < 176 + y % 5 else right if x > 196 - y % 7 else -99
    if abs(y - middle) < 9:
        shine = 60 - 12 * abs(y - middle + 3)
        return (150 + max(shine, -40), 154 + max(shine, -40), 162 + max(shine, -40))
    return (142 - plank * 3, 104 - plank * 3, 70 - plank * 2)


def dented_pot(x: int, y: int) -> Pixel:
    """A steel pot from above with a dent in its rim, on a grey table."""
    across, down = x - 180, y - 135
    reach = across * across + down * down
    dent = (x - 268) ** 2 + (y - 84) ** 2
    if dent < 1500:
        edge = 150 if dent > 1150 else 0
        inside = reach < 7600
        return (96 + edge, 98 + edge, 102 + edge) if inside else (118, 117, 112)
    if reach < 7600:
        return (176 - reach // 160, 180 - reach // 160, 186 - reach // 160)
    if reach < 9800:
        return (222, 224, 228)
    return (118 + (x * 5 + y * 3) % 7, 116 + (x * 5 + y * 3) % 7, 112)


def wrong_colour(x: int, y: int) -> Pixel:
    """A folded jacket in a bright orange, still in its bag."""
    if 60 < x < 300 and 40 < y < 230:
        fold = 18 if (y - x // 8) % 61 < 3 else (x + y) % 4
        glare = 34 if abs(x - y - 60) < 14 else 0
        return (min(226 - fold + glare, 255), 108 - fold + glare, 34 + glare)
    return (206 - y // 10, 198 - y // 10, 186 - y // 10)


PICTURES: dict[str, Callable[[int, int], Pixel]] = {
    "fabric": torn_fabric,
    "pole": snapped_pole,
    "pot": dented_pot,
    "jacket": wrong_colour,
}


def png(motif: str) -> bytes:
    """Draw one of the pictures as a PNG."""
    colour = PICTURES[motif]
    rows = (
        b"\0" + bytes(part for x in range(WIDTH) for part in colour(x, y)) for y in range(HEIGHT)
    )
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            chunk(b"IHDR", header),
            chunk(b"IDAT", zlib.compress(b"".join(rows), 9)),
            chunk(b"IEND", b""),
        )
    )


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG, with its length and checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pdf(lines: str) -> bytes:
    """A page with a few lines of text, as a PDF; a bar parts the lines."""
    escaped = (
        line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        for line in lines.split("|")
    )
    text = "".join(f"({line.strip()}) Tj T*\n" for line in escaped)
    page = f"BT /F1 12 Tf 16 TL 72 770 Td\n{text}ET".encode("latin-1", "replace")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    return assembled(objects)


def assembled(objects: tuple[bytes, ...]) -> bytes:
    """Number the objects, and write the table of where each one stands."""
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, start)
    return bytes(out)
