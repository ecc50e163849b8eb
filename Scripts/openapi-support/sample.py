"""A small MP4 file that the server accepts: two seconds, 320 by 180 pixels."""

import struct


def box(kind, *content):
    body = b"".join(content)
    return struct.pack(">I", len(body) + 8) + kind + body


def mp4(size=4096):
    entry = box(b"avc1", bytes(24), struct.pack(">HH", 320, 180), bytes(50))
    table = box(
        b"stbl",
        box(b"stsd", bytes(4), struct.pack(">I", 1), entry),
        box(b"stts", bytes(4), struct.pack(">III", 1, 50, 40)),
    )
    times = struct.pack(">II", 1000, 2000)
    media = box(
        b"mdia",
        box(b"mdhd", bytes(12), times, bytes(4)),
        box(b"hdlr", bytes(8), b"vide", bytes(13)),
        box(b"minf", table),
    )
    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    frame = struct.pack(">II", 320 << 16, 180 << 16)
    track = box(b"trak", box(b"tkhd", bytes(20), struct.pack(">I", 2000), bytes(16), matrix, frame), media)
    head = box(b"ftyp", b"isom", bytes(4), b"isom") + box(b"moov", box(b"mvhd", bytes(12), times, bytes(76)), track)
    return head + box(b"mdat", bytes(size - len(head) - 8))
