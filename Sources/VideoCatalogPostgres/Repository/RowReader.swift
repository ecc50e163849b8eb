internal import VideoCatalog

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Reads the cells of one row, in either format.
///
/// The bytes belong to the result, which outlives the reader.
struct RowReader {
    /// A column that doesn't hold a value of its type.
    struct Corruption: Error {
        let column: Int
    }

    let bytes: UnsafeRawBufferPointer
    let ends: UnsafeBufferPointer<Int>
    /// The index of the row's first cell in ``ends``.
    let first: Int
    let format: PostgresResult.Format

    /// Returns the bytes of a cell, or `nil` for NULL.
    @inline(__always)
    func cell(_ column: Int) -> UnsafeRawBufferPointer? {
        let end = ends[first + column]
        guard end >= 0 else { return nil }
        let before = first + column == 0 ? 0 : ends[first + column - 1]
        return UnsafeRawBufferPointer(rebasing: bytes[(before < 0 ? ~before : before)..<end])
    }

    func text(_ column: Int) throws(Corruption) -> String {
        guard let text = optionalText(column) else { throw Corruption(column: column) }
        return text
    }

    func optionalText(_ column: Int) -> String? { cell(column).map { String(decoding: $0, as: UTF8.self) } }

    func integer(_ column: Int) throws(Corruption) -> Int64? {
        guard let cell = cell(column) else { return nil }
        if format == .text { return try parsed(cell, column, Int64.init) }
        guard cell.count == 8 else { throw Corruption(column: column) }
        return Int64(bigEndian: cell.loadUnaligned(as: Int64.self))
    }

    /// Returns a finite number, because JSON has no others.
    func number(_ column: Int) throws(Corruption) -> Double? {
        guard let cell = cell(column) else { return nil }
        let number: Double
        if format == .text {
            number = try parsed(cell, column, Double.init)
        } else {
            guard cell.count == 8 else { throw Corruption(column: column) }
            number = Double(bitPattern: UInt64(bigEndian: cell.loadUnaligned(as: UInt64.self)))
        }
        guard number.isFinite else { throw Corruption(column: column) }
        return number
    }

    func uuid(_ column: Int) throws(Corruption) -> UUID {
        guard let cell = cell(column) else { throw Corruption(column: column) }
        if format == .text { return try parsed(cell, column, UUID.init(uuidString:)) }
        guard cell.count == 16 else { throw Corruption(column: column) }
        return UUID(uuid: cell.loadUnaligned(as: uuid_t.self))
    }

    func date(_ column: Int) throws(Corruption) -> Date? {
        guard let cell = cell(column) else { return nil }
        let time: CatalogTimestamp
        if format == .text {
            var reader = TextReader(cell)
            guard let parsed = reader.timestamp() else { throw Corruption(column: column) }
            time = parsed
        } else {
            guard cell.count == 8 else { throw Corruption(column: column) }
            let sinceEpoch = Int64(bigEndian: cell.loadUnaligned(as: Int64.self))
            let (microseconds, overflows) = sinceEpoch.addingReportingOverflow(PostgresValue.epoch)
            guard !overflows else { throw Corruption(column: column) }
            time = CatalogTimestamp(microseconds: microseconds)
        }
        guard time >= .first, time <= .last else { throw Corruption(column: column) }
        return time.date
    }

    /// Returns a date in microseconds since 1970, even one that the catalog can't represent.
    ///
    /// For `infinity` and every other date that doesn't fit, returns the nearest number.
    func microseconds(_ column: Int) -> Int64 {
        guard let cell = cell(column) else { return .max }
        if format == .text {
            var reader = TextReader(cell)
            if let time = reader.timestamp() { return time.microseconds }
            let text = String(decoding: cell, as: UTF8.self)
            return text.hasPrefix("-") || text.hasSuffix("BC") ? .min : .max
        }
        guard cell.count == 8 else { return .max }
        let sinceEpoch = Int64(bigEndian: cell.loadUnaligned(as: Int64.self))
        if sinceEpoch == .min { return .min }
        let (microseconds, overflows) = sinceEpoch.addingReportingOverflow(PostgresValue.epoch)
        return overflows ? .max : microseconds
    }

    /// Returns the JSON text of a `jsonb`, which the binary format sends after a version number.
    func json(_ column: Int) throws(Corruption) -> UnsafeRawBufferPointer {
        guard let cell = cell(column) else { throw Corruption(column: column) }
        if format == .text { return cell }
        guard cell.first == 1 else { throw Corruption(column: column) }
        return UnsafeRawBufferPointer(rebasing: cell.dropFirst())
    }

    /// Returns the elements of a one-dimensional `text[]` without NULL.
    func texts(_ column: Int) throws(Corruption) -> [String] {
        guard let cell = cell(column) else { throw Corruption(column: column) }
        if format == .text {
            var reader = TextReader(cell)
            guard let texts = reader.array() else { throw Corruption(column: column) }
            return texts
        }
        // A header: the number of dimensions, a flag for NULLs, the element type, and for each dimension its size and
        // first index. Then the elements, each after its length.
        guard cell.count >= 12 else { throw Corruption(column: column) }
        let word = { (offset: Int) in
            Int(Int32(bigEndian: cell.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
        }
        guard word(0) != 0 else { return [] }
        guard word(0) == 1, cell.count >= 20 else { throw Corruption(column: column) }
        var texts = [String]()
        var offset = 20
        for _ in 0..<max(0, word(12)) {
            guard cell.count - offset >= 4 else { throw Corruption(column: column) }
            let length = word(offset)
            guard length >= 0, cell.count - offset - 4 >= length else { throw Corruption(column: column) }
            texts.append(String(decoding: cell[(offset + 4)..<(offset + 4 + length)], as: UTF8.self))
            offset += 4 + length
        }
        return texts
    }

    private func parsed<Value>(
        _ cell: UnsafeRawBufferPointer, _ column: Int, _ parse: (String) -> Value?
    ) throws(Corruption) -> Value {
        guard let value = parse(String(decoding: cell, as: UTF8.self)) else { throw Corruption(column: column) }
        return value
    }
}
