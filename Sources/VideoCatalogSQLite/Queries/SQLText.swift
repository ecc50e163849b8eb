#if SQLite

internal import GRDB

/// A statement as it grows, with the values of its parameters in order: values are bound, and never part of the text.
struct SQLText {
    private(set) var sql = ""
    private(set) var values: [DatabaseValue] = []

    init(_ sql: String = "", _ values: DatabaseValue...) {
        self.sql = sql
        self.values = values
    }

    mutating func append(_ sql: String, _ values: DatabaseValue...) {
        self.sql += sql
        self.values += values
    }

    mutating func append(_ separator: String, _ other: SQLText) {
        sql += separator + other.sql
        values += other.values
    }
}

extension Sequence<SQLText> {
    func joined(by separator: String) -> SQLText {
        var text = SQLText()
        for (index, part) in enumerated() {
            text.append(index > 0 ? separator : "", part)
        }
        return text
    }
}

#endif
