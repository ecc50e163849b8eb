#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Texts of elements that may stand once, as the values that they are to be.
extension XMLScanner {
    /// Reads a text that must not have been there before.
    mutating func read(_ value: inout String?) throws(XMLError) {
        guard value == nil else { throw problem("an element stands there twice") }
        value = try text()
    }

    /// Reads `true` or `false`.
    mutating func read(_ value: inout Bool?) throws(XMLError) {
        guard value == nil else { throw problem("an element stands there twice") }
        switch try text() {
        case "true": value = true
        case "false": value = false
        default: throw problem("neither true nor false")
        }
    }

    /// Reads a whole number of zero or more.
    mutating func read(_ value: inout Int64?) throws(XMLError) {
        guard value == nil else { throw problem("an element stands there twice") }
        guard let number = ASCII.wholeNumber(try text()) else { throw problem("no whole number") }
        value = Int64(number)
    }

    /// Reads a whole number of zero or more.
    mutating func read(_ value: inout Int?) throws(XMLError) {
        var number: Int64? = value.map { Int64($0) }
        try read(&number)
        value = number.map { Int($0) }
    }

    /// Reads an instant in ISO 8601.
    mutating func read(_ value: inout Date?) throws(XMLError) {
        guard value == nil else { throw problem("an element stands there twice") }
        guard let date = ISO8601Date.parse(try text()) else { throw problem("no instant in ISO 8601") }
        value = date
    }

    /// Reads an entity tag; an empty one, or one that is none, counts as not there.
    mutating func read(_ value: inout ETag?) throws(XMLError) {
        guard value == nil else { throw problem("an element stands there twice") }
        value = try? ETag(try text())
    }

    /// What is there, or a problem that names what is missing.
    func required<Value>(_ value: Value?, _ name: StaticString) throws(XMLError) -> Value {
        guard let value else { throw problem("the element \(name) is missing") }
        return value
    }
}
