/// Small files that the media probe accepts or rejects, with bodies that differ by their seed.
package enum SampleVideo {
    /// Returns an MP4 file of two seconds, 320 by 180 pixels, with `moov` before `mdat`.
    package static func mp4(_ byteSize: Int = 4096, seed: UInt8 = 1, handler: String = "vide") -> [UInt8] {
        let head = box("ftyp", text("isom") + zeros(4) + text("isom")) + movie(handler: handler)
        // Marks show a part at a wrong place. They are far apart, because large files are made often.
        var media = Array(repeating: seed, count: byteSize - head.count - 8)
        for place in stride(from: 0, to: media.count, by: 997) { media[place] = UInt8(truncatingIfNeeded: place / 997) }
        return head + box("mdat", media)
    }

    /// Returns an MP4 file whose last bytes are missing.
    package static func truncated(_ byteSize: Int = 4096) -> [UInt8] { Array(mp4(byteSize + 100).dropLast(100)) }

    /// Returns text.
    package static func text(_ byteSize: Int = 4096) -> [UInt8] {
        Array(repeating: UInt8(ascii: "x"), count: byteSize)
    }

    private static func movie(handler: String) -> [UInt8] {
        let matrix = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x4000_0000].flatMap { int($0) }
        let entry =
            handler == "vide"
            ? box("avc1", zeros(24) + int(320, 2) + int(180, 2) + zeros(50))
            : box("mp4a", zeros(28))
        let table = box(
            "stbl", box("stsd", zeros(4) + int(1) + entry) + box("stts", zeros(4) + int(1) + int(50) + int(40)))
        let media = box(
            "mdia",
            box("mdhd", zeros(12) + int(1000) + int(2000) + zeros(4))
                + box("hdlr", zeros(8) + text(handler) + zeros(13)) + box("minf", table))
        let track = box("tkhd", zeros(20) + int(2000) + zeros(16) + matrix + int(320 << 16) + int(180 << 16))
        return box("moov", box("mvhd", zeros(12) + int(1000) + int(2000) + zeros(76)) + box("trak", track + media))
    }

    private static func box(_ type: String, _ content: [UInt8]) -> [UInt8] {
        int(content.count + 8) + text(type) + content
    }

    private static func text(_ string: String) -> [UInt8] { Array(string.utf8) }

    private static func zeros(_ count: Int) -> [UInt8] { Array(repeating: 0, count: count) }

    private static func int(_ value: Int, _ width: Int = 4) -> [UInt8] {
        (0..<width).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}
