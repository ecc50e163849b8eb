#if Delivery
/// The picture size and the frame rate in the headers of a video stream.
struct VideoHeader {
    /// The maximum number of bytes of a header to read.
    private static let limit = 1_024
    /// The maximum number of headers to try, which limits the work for a stream made of start codes.
    private static let attempts = 16
    /// The codecs whose headers can be read.
    static let codecs: Set<String> = ["avc1", "hvc1", "mp1v", "mp2v"]

    private(set) var width = 0
    private(set) var height = 0
    private(set) var frameRate: Double?

    /// Reads the first valid header of a stream, or returns `nil` if it has none.
    init?(codec: String, stream: [UInt8]) {
        var attempts = 0
        for start in Self.starts(in: stream) {
            let rest = stream[start...].prefix(Self.limit)
            guard let first = rest.first else { continue }
            switch codec {
            case "avc1" where first & 0x1F == 7: readAVC(rest.dropFirst(1))
            case "hvc1" where first >> 1 & 0x3F == 33: readHEVC(rest.dropFirst(2))
            case "mp1v" where first == 0xB3, "mp2v" where first == 0xB3: readMPEG2(rest.dropFirst(1))
            default: continue
            }
            if width > 0, height > 0 { return }
            (width, height, frameRate) = (0, 0, nil)
            attempts += 1
            if attempts == Self.attempts { break }
        }
        return nil
    }

    /// The positions after the start codes 0, 0, 1.
    private static func starts(in stream: [UInt8]) -> [Int] {
        guard stream.count > 3 else { return [] }
        return (3..<stream.count).filter {
            stream[$0 - 1] == 1 && stream[$0 - 2] == 0 && stream[$0 - 3] == 0
        }
    }

    /// Reads a sequence parameter set of H.264 (ITU-T H.264, 7.3.2.1.1).
    private mutating func readAVC(_ unit: ArraySlice<UInt8>) {
        var reader = BitReader(unit: unit)
        let profile = reader.bits(8)
        reader.skip(16)
        _ = reader.unsigned()
        var chroma: Int64 = 1
        var hasSeparatePlanes = false
        if [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135].contains(profile) {
            chroma = reader.unsigned()
            if chroma == 3 { hasSeparatePlanes = reader.bit() }
            _ = (reader.unsigned(), reader.unsigned(), reader.bit())
            if reader.bit() {
                for list in 0..<(chroma == 3 ? 12 : 8) where reader.bit() {
                    Self.skipScalingList(&reader, count: list < 6 ? 16 : 64)
                }
            }
        }
        _ = reader.unsigned()
        switch reader.unsigned() {
        case 0: _ = reader.unsigned()
        case 1:
            _ = (reader.bit(), reader.signed(), reader.signed())
            for _ in 0..<min(reader.unsigned(), 255) { _ = reader.signed() }
        default: break
        }
        _ = (reader.unsigned(), reader.bit())
        let columns = reader.unsigned() + 1
        let rows = reader.unsigned() + 1
        let hasFramesOnly = reader.bit()
        if !hasFramesOnly { reader.skip(1) }
        reader.skip(1)
        let unitWidth: Int64 = chroma == 0 || chroma == 3 || hasSeparatePlanes ? 1 : 2
        let unitHeight: Int64 = (chroma == 1 ? 2 : 1) * (hasFramesOnly ? 1 : 2)
        let crop = Self.crop(&reader)
        let timing = reader.bit() ? Self.timing(&reader) : nil
        guard
            setSize(
                columns * 16 - crop.columns * unitWidth,
                rows * 16 * (hasFramesOnly ? 1 : 2) - crop.rows * unitHeight)
        else { return }
        frameRate = reader.isPastEnd ? nil : timing
    }

    /// Reads a sequence parameter set of H.265 (ITU-T H.265, 7.3.2.2).
    private mutating func readHEVC(_ unit: ArraySlice<UInt8>) {
        var reader = BitReader(unit: unit)
        reader.skip(4)
        let layers = reader.bits(3)
        reader.skip(1 + 96)
        if layers > 0 {
            let parts = (0..<8).map { _ in (reader.bit(), reader.bit()) }
            for (hasProfile, hasLevel) in parts.prefix(Int(layers)) {
                reader.skip((hasProfile ? 88 : 0) + (hasLevel ? 8 : 0))
            }
        }
        _ = reader.unsigned()
        let chroma = reader.unsigned()
        if chroma == 3 { reader.skip(1) }
        let (columns, rows) = (reader.unsigned(), reader.unsigned())
        let crop = Self.crop(&reader)
        guard !reader.isPastEnd else { return }
        _ = setSize(
            columns - crop.columns * (chroma == 1 || chroma == 2 ? 2 : 1), rows - crop.rows * (chroma == 1 ? 2 : 1))
    }

    /// Reads a sequence header of MPEG-1 or MPEG-2 (ISO/IEC 13818-2, 6.2.2.1).
    private mutating func readMPEG2(_ header: ArraySlice<UInt8>) {
        var reader = BitReader(Array(header))
        let (columns, rows) = (reader.bits(12), reader.bits(12))
        reader.skip(4)
        let rates = [0, 24 / 1.001, 24, 25, 30 / 1.001, 30, 50, 60 / 1.001, 60]
        let code = reader.bits(4)
        guard setSize(columns, rows), (1..<9).contains(code) else { return }
        frameRate = rates[Int(code)]
    }

    private mutating func setSize(_ width: Int64, _ height: Int64) -> Bool {
        guard (1...65_536).contains(width), (1...65_536).contains(height) else { return false }
        (self.width, self.height) = (Int(width), Int(height))
        return true
    }

    private static func skipScalingList(_ reader: inout BitReader, count: Int) {
        var (last, next): (Int64, Int64) = (8, 8)
        for _ in 0..<count {
            if next != 0 { next = (last + reader.signed()) & 0xFF }
            if next != 0 { last = next }
        }
    }

    /// Returns the number of columns and rows at the sides that aren't shown, in units of the chroma format.
    private static func crop(_ reader: inout BitReader) -> (columns: Int64, rows: Int64) {
        guard reader.bit() else { return (0, 0) }
        let columns = reader.unsigned() + reader.unsigned()
        return (columns, reader.unsigned() + reader.unsigned())
    }

    /// Returns the frame rate in the usability information of H.264, if it's fixed (ITU-T H.264, E.1.1).
    private static func timing(_ reader: inout BitReader) -> Double? {
        if reader.bit(), reader.bits(8) == 255 { reader.skip(32) }
        if reader.bit() { reader.skip(1) }
        if reader.bit() {
            reader.skip(4)
            if reader.bit() { reader.skip(24) }
        }
        if reader.bit() { _ = (reader.unsigned(), reader.unsigned()) }
        guard reader.bit() else { return nil }
        let (ticks, scale) = (reader.bits(32), reader.bits(32))
        // A frame is two fields, with a tick each.
        guard reader.bit(), ticks > 0, scale > 0 else { return nil }
        return FrameRate.rounded(Double(scale) / Double(ticks) / 2)
    }
}
#endif
