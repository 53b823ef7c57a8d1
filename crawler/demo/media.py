"""Small real files for the demo site: PNG pictures and PDF documents, made from what the texts say."""

import hashlib
import struct
import zlib
from functools import lru_cache

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@lru_cache(maxsize=32)
def png(name: str, width: int = 480, height: int = 300) -> bytes:
    """Return a PNG picture (true colour, 8 bits) of a landscape whose colours follow from the name."""
    seed = hashlib.sha256(name.encode()).digest()
    sky, hill = (200 + seed[0] % 40, 215 + seed[1] % 30, 235), (120 + seed[2] % 80, 60 + seed[3] % 60, 50)
    sun_x, sun_y, radius = width * (20 + seed[4] % 60) // 100, height // 4, height // 9
    rows = []
    for y in range(height):
        row = bytearray(b"\x00")  # filter type 0
        for x in range(width):
            ridge = height * 55 // 100 + abs((x + seed[5]) % 160 - 80) * height // 400
            if y > ridge:
                row += bytes(channel * (height + ridge - y) // height for channel in hill)
            elif (x - sun_x) ** 2 + (y - sun_y) ** 2 < radius**2:
                row += bytes((226, 60, 42))
            else:
                row += bytes(sky)
        rows.append(bytes(row))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        _PNG_SIGNATURE
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(b"".join(rows), 6))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pdf(lines: list[str]) -> bytes:
    """Return a PDF 1.4 document of one A4 page with lines of Chinese text in the viewer's Song typeface."""
    text = [b"BT /F1 14 Tf 72 770 Td 22 TL"]
    text += [b"<" + line.encode("utf-16-be").hex().encode() + b"> Tj T*" for line in lines]
    stream = b"\n".join([*text, b"ET"])
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H"
        b" /DescendantFonts [6 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /FontDescriptor 7 0 R >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880]"
        b" /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
    ]
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)
