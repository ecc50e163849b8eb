#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A pull parser for the XML that S3 servers send.
///
/// Elements are known by their local names: namespaces and attributes are skipped. Document types, processing
/// instructions, and entities beyond the five predefined ones aren't supported. Reading throws if the document isn't
/// well-formed, ends early, or continues after its root element. A list that was cut off is therefore never mistaken
/// for a complete one.
///
/// Call ``root()``, then ``nextChild()`` until it returns `nil` for each element whose children matter, ``text()`` or
/// ``skip()`` for other elements, and ``finish()`` at the end.
package struct XMLScanner {
    private var cursor: XMLCursor
    /// The qualified names of the open elements.
    private var open: [Range<Int>] = []
    /// A Boolean value that indicates whether the latest element was `<a/>`, whose end was read with its start.
    private var isAtEmptyElement = false

    /// The maximum number of elements that can be open at a time.
    private static let maximumDepth = 16

    package init(_ bytes: [UInt8]) { cursor = XMLCursor(bytes) }

    /// Returns an error with the current position.
    package func problem(_ message: String) -> XMLError { cursor.problem(message) }

    // MARK: Descending

    /// Enters the root element and returns its name.
    package mutating func root() throws(XMLError) -> String {
        try cursor.skipProlog()
        try cursor.skipMiscellaneous()
        guard cursor.isAt("<") else { throw problem("the root element was expected") }
        return try startTag()
    }

    /// Enters the next child of the open element and returns its name, or leaves the open element and returns `nil`.
    package mutating func nextChild() throws(XMLError) -> String? {
        if leaveEmptyElement() { return nil }
        while true {
            cursor.skipSpace()
            if cursor.starts(with: "</") {
                try endTag()
                return nil
            }
            if cursor.starts(with: "<!--") {
                try cursor.skipComment()
            } else if cursor.isAt("<") {
                return try startTag()
            } else {
                throw problem("text was found where an element was expected")
            }
        }
    }

    /// Returns the text of the open element, which must have no children, and leaves the element.
    package mutating func text() throws(XMLError) -> String {
        if leaveEmptyElement() { return "" }
        let text = try cursor.text()
        try endTag()
        return text
    }

    /// Leaves the open element, checking only that its content is well-formed.
    package mutating func skip() throws(XMLError) {
        let depth = open.count
        while open.count >= depth {
            if leaveEmptyElement() { continue }
            _ = try cursor.text()
            if cursor.starts(with: "</") {
                try endTag()
            } else {
                _ = try startTag()
            }
        }
    }

    /// Checks that only whitespace and comments follow the root element, which must have been left.
    package mutating func finish() throws(XMLError) {
        guard open.isEmpty else { throw problem("the root element isn't at its end") }
        try cursor.skipMiscellaneous()
        guard cursor.isAtEnd else { throw problem("something follows the root element") }
    }

    private mutating func startTag() throws(XMLError) -> String {
        let (name, isEmpty) = try cursor.startTag()
        isAtEmptyElement = isEmpty
        guard open.count < Self.maximumDepth else { throw problem("elements are nested too deeply") }
        open.append(name)
        return cursor.localName(name)
    }

    private mutating func endTag() throws(XMLError) {
        guard let expected = open.last, cursor.starts(with: "</") else { throw problem("an end tag was expected") }
        try cursor.endTag(expected)
        leave()
    }

    private mutating func leaveEmptyElement() -> Bool {
        guard isAtEmptyElement else { return false }
        isAtEmptyElement = false
        leave()
        return true
    }

    private mutating func leave() {
        open.removeLast()
        cursor.isBeforeRootEnd = !open.isEmpty
    }
}

/// An error that describes why a document couldn't be read.
package struct XMLError: Error, Hashable {
    /// A description of the problem, in lower case and without a final period.
    package let message: String
    /// The position in the document at which reading stopped, in bytes.
    package let offset: Int
    /// A Boolean value that indicates whether the document ends before its root element does.
    package let isEarlyEnd: Bool
}

// MARK: - Values of elements that may appear once

extension XMLScanner {
    /// Reads the text of an element that must not have appeared before.
    mutating func read(_ value: inout String?) throws(XMLError) { value = try onlyText(value) }

    /// Reads `true` or `false`.
    mutating func read(_ value: inout Bool?) throws(XMLError) {
        switch try onlyText(value) {
        case "true": value = true
        case "false": value = false
        default: throw problem("an element is neither 'true' nor 'false'")
        }
    }

    /// Reads a whole number of zero or more.
    mutating func read(_ value: inout Int64?) throws(XMLError) {
        var number = value.map { Int($0) }
        try read(&number)
        value = number.map { Int64($0) }
    }

    /// Reads a whole number of zero or more.
    mutating func read(_ value: inout Int?) throws(XMLError) {
        guard let number = ASCII.wholeNumber(try onlyText(value)) else {
            throw problem("an element isn't a whole number")
        }
        value = number
    }

    /// Reads a date in ISO 8601 format.
    mutating func read(_ value: inout Date?) throws(XMLError) {
        guard let date = ISO8601Date.parse(try onlyText(value)) else {
            throw problem("an element isn't a date in ISO 8601 format")
        }
        value = date
    }

    /// Reads an ETag, which may be weak.
    ///
    /// An empty or invalid one counts as missing.
    mutating func read(_ value: inout ETag?) throws(XMLError) {
        let text = try onlyText(value)
        value = try? ETag(parsing: text)
    }

    /// Returns the value of an element, or throws if the element was missing.
    func required<Value>(_ value: Value?, _ name: StaticString) throws(XMLError) -> Value {
        guard let value else { throw problem("the element \(name) is missing") }
        return value
    }

    private mutating func onlyText<Value>(_ value: Value?) throws(XMLError) -> String {
        guard value == nil else { throw problem("an element appears twice") }
        return try text()
    }
}
