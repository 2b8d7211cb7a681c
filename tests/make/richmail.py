"""A mail that looks like something: a layout, a picture of its own, others elsewhere."""

import struct
import zlib
from base64 import encodebytes

PARCEL = """\
<table width="600" align="center" cellpadding="0" cellspacing="0" style="border-collapse:collapse">
<tr><td bgcolor="#1f4d3a" style="padding:18px 24px;color:#ffffff">
<h1 style="color:#ffffff">Nordpost</h1></td></tr>
<tr><td style="padding:20px 24px;border:1px solid #dfe3e0">
<p><img src="cid:parcel@nordpost.example" alt="A parcel" width="552" height="92"></p>
<h2>Your parcel could not be delivered</h2>
<p>Dear Juniper &amp; Pine,<br>parcel <b>NP008077380</b> for <b>Grace Whitfield</b> is on its way
back to you. Please <a href="https://nordpost.example/track/NP008077380">follow it</a> or
<a href="https://login.nordpost.example.parcels.example/">sign in at nordpost.example</a>
within 3 days.</p>
<table width="100%" cellpadding="6" border="1" style="border-collapse:collapse">
<tr><th align="left">Attempt</th><th align="left">What happened</th></tr>
<tr><td>20 Oct, 09:12</td><td>Nobody answered the door</td></tr>
<tr><td>21 Oct, 14:40</td><td>Nobody answered the door</td></tr>
</table>
<p><img src="https://pictures.nordpost.example/map.png" alt="Map of the depot" width="552"></p>
<p style="color:#777777">Nordpost AG, Hafenstraße 8, Bremen</p>
<img src="https://count.nordpost.example/open.gif?u=8077380" width="1" height="1">
</td></tr></table>
"""

SHAPE = """\
From: Nordpost <{sender}@nordpost.example>
To: support@juniper-pine.example
Cc: Harbour desk <harbour@nordpost.example>
Subject: Parcel NP008077380 comes back
Message-ID: <np8077380.{sender}@nordpost.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=outer

--outer
Content-Type: multipart/related; boundary=inner

--inner
Content-Type: text/html; charset=utf-8

{html}
--inner
Content-Type: image/png; name=parcel.png
Content-ID: <parcel@nordpost.example>
Content-Disposition: inline; filename=parcel.png
Content-Transfer-Encoding: base64

{picture}
--inner--
--outer
Content-Type: text/calendar; method=REQUEST; name=pickup.ics
Content-Disposition: attachment; filename=pickup.ics

BEGIN:VCALENDAR
END:VCALENDAR
--outer
Content-Type: application/octet-stream; name=label.exe
Content-Disposition: attachment; filename=label.exe
Content-Transfer-Encoding: base64

TVqQAAMAAAAEAAAA
--outer--
"""


def rich_mail(sender: str = "returns") -> bytes:
    """A mail with a layout, a picture of its own, others elsewhere, and a link that lies."""
    picture = encodebytes(landscape(552, 92)).decode()
    return SHAPE.format(html=PARCEL, picture=picture, sender=sender).replace("\n", "\r\n").encode()


def landscape(width: int, height: int) -> bytes:
    """A small PNG: hills before a sky."""
    rows = b"".join(
        b"\0" + b"".join(bytes(colour(x, y, width, height)) for x in range(width))
        for y in range(height)
    )
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, data) for name, data in chunks)


def colour(x: int, y: int, width: int, height: int) -> tuple[int, int, int]:
    """The colour of one point: sky above, two hills below."""
    near = height * (0.72 - 0.2 * (x / width))
    far = height * (0.35 + 0.9 * (x / width - 0.55) ** 2)
    if y > near:
        return 31, 77, 58
    return (94, 140, 112) if y > far else (214, 228, 226)


def chunk(name: bytes, data: bytes) -> bytes:
    """One part of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
