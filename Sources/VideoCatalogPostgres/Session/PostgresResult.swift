/// The result of a statement.
public struct PostgresResult: Sendable {
    /// A format in which PostgreSQL sends cells.
    public enum Format: Sendable, Hashable {
        /// PostgreSQL's binary format, which libpq and PostgresNIO can request.
        case binary
        /// PostgreSQL's text format, encoded in UTF-8, which the simple query protocol uses.
        case text
    }

    /// The number of rows.
    public let rowCount: Int
    /// The number of cells in a row.
    public let columnCount: Int
    /// The number of rows that the statement inserted, updated or deleted, or that a `SELECT` returned.
    public let affectedRows: Int
    /// The format of the cells.
    public let format: Format
    /// The bytes of all cells, row by row.
    let bytes: [UInt8]
    /// The end of each cell in ``bytes``, row by row.
    ///
    /// For NULL, the complement (`~`) of the end.
    let ends: [Int]

    package init(
        rowCount: Int, columnCount: Int, affectedRows: Int, format: Format, bytes: [UInt8], ends: [Int]
    ) {
        self.rowCount = rowCount
        self.columnCount = columnCount
        self.affectedRows = affectedRows
        self.format = format
        self.bytes = bytes
        self.ends = ends
    }

    /// Creates a result from the rows of a driver.
    ///
    /// The catalog reads columns of the types `text`, `bigint`, `double precision`, `boolean`, `uuid`, `timestamptz`,
    /// `jsonb` and `text[]`, all in the same format. In the text format, it reads timestamps as the `DateStyle` ISO
    /// writes them, which is the server's default, in any time zone.
    ///
    /// - Parameters:
    ///   - rows: The rows. Each cell holds the bytes as the server sent them, without a length, or `nil` for NULL. All
    ///     rows have the same number of cells.
    ///   - format: The format of all cells.
    ///   - affectedRows: The number at the end of the statement's command tag, such as 1 for `INSERT 0 1`. 0 if the tag
    ///     has no number.
    public init(rows: [[[UInt8]?]], format: Format = .binary, affectedRows: Int) {
        var bytes = [UInt8]()
        var ends = [Int]()
        for cell in rows.joined() {
            bytes += cell ?? []
            ends.append(cell == nil ? ~bytes.count : bytes.count)
        }
        self.init(
            rowCount: rows.count, columnCount: rows.first?.count ?? 0, affectedRows: affectedRows, format: format,
            bytes: bytes, ends: ends)
    }

    /// The bytes of a cell, in the result's ``format``, or `nil` for NULL and for a cell that doesn't exist.
    ///
    /// - Parameters:
    ///   - row: The index of the row, from 0.
    ///   - column: The index of the column, from 0.
    public subscript(row: Int, column: Int) -> ArraySlice<UInt8>? {
        let index = row * columnCount + column
        guard row >= 0, row < rowCount, column >= 0, column < columnCount, index < ends.count else { return nil }
        let end = ends[index]
        guard end >= 0 else { return nil }
        let start = index == 0 ? 0 : ends[index - 1]
        return bytes[(start < 0 ? ~start : start)..<end]
    }

    /// The integer in the first cell, a `bigint`.
    var firstInteger: Int? { int8(0, 0).flatMap(Int.init(exactly:)) }

    /// Returns the integer in a cell, a `bigint`, or `nil` for NULL and for a cell that doesn't exist.
    func int8(_ row: Int, _ column: Int) -> Int64? {
        guard let cell = self[row, column] else { return nil }
        switch format {
        case .text: return Int64(String(decoding: cell, as: UTF8.self))
        case .binary:
            guard cell.count == 8 else { return nil }
            return Int64(bitPattern: cell.reduce(0 as UInt64) { $0 << 8 | UInt64($1) })
        }
    }

    /// The value of the first cell, a `boolean`.
    ///
    /// `nil` for NULL and without rows.
    var firstBool: Bool? {
        self[0, 0].map { $0.first == (format == .binary ? 1 : UInt8(ascii: "t")) }
    }
}
