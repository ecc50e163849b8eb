#if Postgres
#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif
internal import VideoCatalog

/// Reads the cells of one row in PostgreSQL's binary format.
///
/// The bytes belong to the result, which outlives the reader.
struct RowReader {
    /// Which column does not hold what it should.
    struct Corruption: Error {
        let column: Int
    }

    /// Microseconds from 1970 to 2000, where PostgreSQL counts from.
    private static let epoch: Int64 = 946_684_800_000_000

    let bytes: UnsafeRawBufferPointer
    let ends: UnsafeBufferPointer<Int>
    /// The place of the row's first cell in ``ends``.
    let first: Int

    /// The bytes of a cell; `nil` for NULL.
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
        guard cell.count == 8 else { throw Corruption(column: column) }
        return Int64(bigEndian: cell.loadUnaligned(as: Int64.self))
    }

    func number(_ column: Int) throws(Corruption) -> Double? {
        try integer(column).map { Double(bitPattern: UInt64(bitPattern: $0)) }
    }

    func uuid(_ column: Int) throws(Corruption) -> UUID {
        guard let cell = cell(column), cell.count == 16 else { throw Corruption(column: column) }
        return UUID(uuid: cell.loadUnaligned(as: uuid_t.self))
    }

    func date(_ column: Int) throws(Corruption) -> Date? {
        guard let sinceEpoch = try integer(column) else { return nil }
        let (microseconds, overflows) = sinceEpoch.addingReportingOverflow(Self.epoch)
        let instant = CatalogInstant(microseconds: microseconds)
        guard !overflows, instant >= .first, instant <= .last else { throw Corruption(column: column) }
        return instant.date
    }

    /// The text of a `jsonb`, after the byte of its version.
    func json(_ column: Int) throws(Corruption) -> UnsafeRawBufferPointer {
        guard let cell = cell(column), cell.first == 1 else { throw Corruption(column: column) }
        return UnsafeRawBufferPointer(rebasing: cell.dropFirst())
    }

    /// An array of one dimension without NULL.
    ///
    /// Its head: the number of dimensions, whether there are NULLs, the type, and for the dimension its size and first
    /// index. Then each element after its length.
    func texts(_ column: Int) throws(Corruption) -> [String] {
        guard let cell = cell(column), cell.count >= 12 else { throw Corruption(column: column) }
        let word = { (offset: Int) in Int(Int32(bigEndian: cell.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
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
}
#endif
