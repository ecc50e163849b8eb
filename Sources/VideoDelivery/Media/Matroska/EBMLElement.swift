#if Delivery
/// An element of an EBML file (RFC 8794).
struct EBMLElement {
    /// The identifier with its length marker, as specifications write it.
    let id: UInt32
    /// The position after the identifier and the size.
    let content: Int64
    /// The position after the element, at most the end of its parent.
    let end: Int64
    /// A Boolean value that indicates whether the element ends where an element that can't be its child starts.
    let hasUnknownSize: Bool
    /// A Boolean value that indicates whether the element claims to be longer than its parent.
    let isCut: Bool
}

extension ProbedFile {
    /// Reads the identifier and the size of an element.
    /// - Parameters:
    ///   - start: The position of the element.
    ///   - limit: The end of the parent, or of the file.
    /// - Returns: The element, or `nil` if it isn't valid or can't be read.
    /// - Throws: ``ProbeInterruption/read(offset:length:)`` if bytes are missing.
    func element(at start: Int64, limit: Int64) throws(ProbeInterruption) -> EBMLElement? {
        guard start >= 0, limit <= size, start < limit,
            let header = try load(at: start, count: Int(min(12, limit - start)))
        else { return nil }
        let bytes = Array(header)
        // The number of leading zeros says how many bytes follow the first one.
        let idLength = bytes[0].leadingZeroBitCount + 1
        guard idLength <= 4, bytes.count > idLength else { return nil }
        let id = bytes.prefix(idLength).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let sizeLength = bytes[idLength].leadingZeroBitCount + 1
        guard sizeLength <= 8, bytes.count >= idLength + sizeLength else { return nil }
        let sizeBytes = bytes[idLength..<idLength + sizeLength]
        let mask = UInt64.max >> UInt64(64 - 7 * sizeLength)
        let length = sizeBytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } & mask
        let content = start + Int64(idLength + sizeLength)
        let isUnknown = length == mask
        // The header was read, so the content starts at most at the limit.
        let isCut = !isUnknown && length > UInt64(limit - content)
        return EBMLElement(
            id: id, content: content, end: isUnknown || isCut ? limit : content + Int64(length),
            hasUnknownSize: isUnknown, isCut: isCut)
    }

    /// Returns an unsigned integer of at most 8 bytes.
    func unsigned(_ element: EBMLElement) throws(ProbeInterruption) -> UInt64? {
        let length = element.end - element.content
        guard !element.isCut, length <= 8 else { return nil }
        return try length == 0 ? 0 : integer(at: element.content, count: Int(length))
    }

    /// Returns a number with 32 or 64 bits.
    func float(_ element: EBMLElement) throws(ProbeInterruption) -> Double? {
        guard let bits = try unsigned(element) else { return nil }
        switch element.end - element.content {
        case 4: return Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
        case 8: return Double(bitPattern: bits)
        default: return nil
        }
    }

    /// Returns a string of at most 64 bytes of printable ASCII.
    func string(_ element: EBMLElement) throws(ProbeInterruption) -> String? {
        let length = element.end - element.content
        guard !element.isCut, (1...64).contains(length),
            let bytes = try load(at: element.content, count: Int(length))?.prefix(while: { $0 != 0 }),
            !bytes.isEmpty, bytes.allSatisfy({ (32...126).contains($0) })
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
#endif
