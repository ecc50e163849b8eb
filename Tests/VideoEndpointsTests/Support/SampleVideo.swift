/// A small MP4 file that the media probe accepts.
enum SampleVideo {
    /// Returns an MP4 file of two seconds, 320 by 180 pixels, with `moov` before `mdat`.
    static func mp4(_ byteSize: Int = 4096, seed: UInt8 = 1) -> [UInt8] {
        let head = box("ftyp", text("isom") + zeros(4) + text("isom")) + movie
        let media = (0..<(byteSize - head.count - 8)).map { UInt8(truncatingIfNeeded: $0) &* 31 &+ seed }
        return head + box("mdat", media)
    }

    private static var movie: [UInt8] {
        let matrix = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x4000_0000].flatMap { int($0) }
        let entry = box("avc1", zeros(24) + int(320, 2) + int(180, 2) + zeros(50))
        let table = box(
            "stbl", box("stsd", zeros(4) + int(1) + entry) + box("stts", zeros(4) + int(1) + int(50) + int(40)))
        let media = box(
            "mdia",
            box("mdhd", zeros(12) + int(1000) + int(2000) + zeros(4))
                + box("hdlr", zeros(8) + text("vide") + zeros(13)) + box("minf", table))
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
