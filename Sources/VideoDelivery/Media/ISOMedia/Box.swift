#if Delivery
/// The four characters that name a box, a brand, a handler or a codec.
struct FourCC: Hashable, ExpressibleByStringLiteral {
    let value: UInt32

    init(_ value: UInt32) { self.value = value }

    init(_ bytes: some Sequence<UInt8>) { value = bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) } }

    init(stringLiteral text: String) { self.init(text.utf8) }

    private var bytes: [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }

    /// The characters without spaces at the ends, or `nil` unless they are printable ASCII.
    var text: String? {
        guard isPrintable else { return nil }
        let trimmed = bytes.drop { $0 == 32 }.reversed().drop { $0 == 32 }.reversed()
        return trimmed.isEmpty ? nil : String(decoding: trimmed, as: UTF8.self)
    }

    /// A Boolean value that indicates whether a box can have this name.
    ///
    /// Names with `©` in Mac OS Roman exist in metadata only.
    var isPrintable: Bool { bytes.allSatisfy { (32...126).contains($0) } }
}

/// A box of an MP4 or QuickTime file ("atom" in QuickTime).
struct Box {
    let type: FourCC
    let start: Int64
    /// The position after the header.
    let content: Int64
    /// The position after the box, at most the end of its parent.
    let end: Int64
    /// A Boolean value that indicates whether the box claims to be longer than its parent.
    let isCut: Bool
}

extension ProbedFile {
    /// Reads the header of a box.
    /// - Parameters:
    ///   - start: The position of the box.
    ///   - limit: The end of the parent, or of the file.
    ///   - isTopLevel: A Boolean value that indicates whether the size 0 means that the box extends to the limit.
    ///   - readAhead: The number of bytes to read at once.
    /// - Returns: The box, or `nil` if its header isn't valid or can't be read.
    /// - Throws: ``ProbeInterruption/read(offset:length:)`` if bytes are missing.
    func box(
        at start: Int64, limit: Int64, isTopLevel: Bool = false, readAhead: Int = ProbedFile.usualRead
    ) throws(ProbeInterruption) -> Box? {
        guard start >= 0, limit <= size, start <= limit, limit - start >= 8,
            let header = try load(at: start, count: 8, readAhead: readAhead)
        else { return nil }
        let type = FourCC(header.suffix(4))
        var length = header.prefix(4).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        var headerLength: Int64 = 8
        switch length {
        case 0:
            guard isTopLevel else { return nil }
            length = UInt64(limit - start)
        case 1:
            guard limit - start >= 16, let long = try load(at: start, count: 16, readAhead: readAhead) else {
                return nil
            }
            length = long.suffix(8).reduce(0) { $0 << 8 | UInt64($1) }
            headerLength = 16
        default: break
        }
        guard length >= UInt64(headerLength) else { return nil }
        // Both differences are from 0 to `limit`, because `start <= limit`.
        let isCut = length > UInt64(limit - start)
        let end = isCut ? limit : start + Int64(length)
        return Box(type: type, start: start, content: start + headerLength, end: end, isCut: isCut)
    }

    /// Calls a closure with the boxes in a range, until it returns `false` or a header isn't valid.
    func forEachBox(
        from start: Int64, to end: Int64, _ body: (Box) throws(ProbeInterruption) -> Bool
    ) throws(ProbeInterruption) {
        var position = start
        // A box has at least 8 bytes, so the position grows.
        while let box = try box(at: position, limit: end) {
            guard try body(box) else { return }
            position = box.end
        }
    }
}
#endif
