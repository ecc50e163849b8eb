#if Postgres
/// What a statement gave: rows of cells in PostgreSQL's binary format.
public struct PostgresResult: Sendable {
    /// How many rows there are.
    public let rowCount: Int
    /// How many cells a row has.
    public let columnCount: Int
    /// How many rows the statement inserted, changed or deleted; for a `SELECT`, how many it gave.
    public let affectedRows: Int
    /// All cells, one after the other.
    let bytes: [UInt8]
    /// Where each cell ends in ``bytes``, row by row; a NULL has the complement (`~`) of that place.
    let ends: [Int]

    init(rowCount: Int, columnCount: Int, affectedRows: Int, bytes: [UInt8], ends: [Int]) {
        self.rowCount = rowCount
        self.columnCount = columnCount
        self.affectedRows = affectedRows
        self.bytes = bytes
        self.ends = ends
    }

    /// Takes the rows of another driver.
    ///
    /// - Parameters:
    ///   - rows: The rows; each cell in PostgreSQL's binary format, or `nil` for NULL. All rows have as many cells.
    ///   - affectedRows: How many rows the statement inserted, changed or deleted; for a `SELECT`, how many it gave.
    public init(rows: [[[UInt8]?]], affectedRows: Int) {
        var bytes = [UInt8]()
        var ends = [Int]()
        for cell in rows.joined() {
            bytes += cell ?? []
            ends.append(cell == nil ? ~bytes.count : bytes.count)
        }
        self.init(
            rowCount: rows.count, columnCount: rows.first?.count ?? 0, affectedRows: affectedRows, bytes: bytes,
            ends: ends)
    }

    /// The bytes of a cell in PostgreSQL's binary format; `nil` for NULL, and for a cell that is not there.
    ///
    /// - Parameters:
    ///   - row: The row, from 0.
    ///   - column: The column, from 0.
    public subscript(row: Int, column: Int) -> ArraySlice<UInt8>? {
        let index = row * columnCount + column
        guard row >= 0, row < rowCount, column >= 0, column < columnCount, index < ends.count else { return nil }
        let end = ends[index]
        guard end >= 0 else { return nil }
        let start = index == 0 ? 0 : ends[index - 1]
        return bytes[(start < 0 ? ~start : start)..<end]
    }
}
#endif
