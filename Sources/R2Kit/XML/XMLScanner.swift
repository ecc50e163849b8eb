/// Reads an XML document piece by piece: what S3 servers answer, and nothing of XML beyond that.
///
/// Namespaces are ignored: elements are known by their local names. Attributes are passed over. There are no
/// document types, no processing instructions and no entities but the five predefined ones and character references.
/// What is not well-formed is refused, and so is a document that ends early or goes on after its end: a list that was cut
/// off never passes for a whole one.
///
/// A reader descends: ``root(_:)``, then for each element ``nextChild()`` until it gives `nil`, with ``text()`` or
/// ``skip()`` for elements that have no children of interest, and ``finish()`` at the end.
struct XMLScanner {
    // What follows is for this type's own extensions alone.
    let bytes: [UInt8]
    var position = 0
    /// The names of the elements that are open, as they are written.
    var open: [Range<Int>] = []
    /// Whether the latest element was `<a/>`, so that its end has been read with its beginning.
    var isAtEmptyElement = false
    /// Whether the root element has begun.
    var hasRoot = false

    /// The most elements that may be open at a time.
    static let maximumDepth = 16
    /// The most bytes of one element's text.
    static let maximumTextLength = 65_536

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    // MARK: Descending

    /// Enters the root element, and gives its name.
    mutating func root() throws(XMLError) -> String {
        if starts(with: "\u{FEFF}") { position += 3 }
        // Servers send white space as signs of life while they work, some of them before the declaration.
        skipSpace()
        if starts(with: "<?xml"), position + 5 < bytes.count, Self.isSpace(bytes[position + 5]) {
            try skipDeclaration()
        }
        try skipMiscellaneous()
        guard isAt("<") else { throw problem("a document begins with its root element") }
        return try startTag()
    }

    /// Enters the next child of the element that is open; at that element's end leaves it and gives `nil`.
    mutating func nextChild() throws(XMLError) -> String? {
        if leaveEmptyElement() { return nil }
        while true {
            skipSpace()
            if starts(with: "</") {
                try endTag()
                return nil
            }
            if starts(with: "<!--") {
                try skipComment()
            } else if isAt("<") {
                return try startTag()
            } else {
                throw problem("there is text where an element was expected")
            }
        }
    }

    /// The text of the element that is open, which must have no children; leaves the element.
    mutating func text() throws(XMLError) -> String {
        if leaveEmptyElement() { return "" }
        let first = position
        let hasReturn = try skipRun()
        // Nearly every text is one run.
        if !hasReturn, starts(with: "</") {
            let text = try decoded(bytes[first..<position])
            try endTag()
            return text
        }
        position = first
        let text = try decoded(pieces()[...])
        try endTag()
        return text
    }

    /// Leaves the element that is open, without looking at what is in it beyond whether it is well-formed.
    mutating func skip() throws(XMLError) {
        let depth = open.count
        while open.count >= depth {
            if leaveEmptyElement() { continue }
            _ = try decoded(pieces()[...])
            if starts(with: "</") {
                try endTag()
            } else {
                _ = try startTag()
            }
        }
    }

    /// Checks that nothing but white space and comments follows the root element, which must have been left.
    mutating func finish() throws(XMLError) {
        guard open.isEmpty else { throw problem("the root element is not at its end") }
        try skipMiscellaneous()
        guard position == bytes.count else { throw problem("something follows the root element") }
    }

    func problem(_ message: String) -> XMLError {
        let isInside = !hasRoot || !open.isEmpty
        let endsWithTag = bytes.last { !Self.isSpace($0) } == UInt8(ascii: ">")
        let isEarlyEnd = isInside && (position >= bytes.count || !endsWithTag)
        return XMLError(message: message, offset: position, isEarlyEnd: isEarlyEnd)
    }

    private mutating func leaveEmptyElement() -> Bool {
        guard isAtEmptyElement else { return false }
        isAtEmptyElement = false
        open.removeLast()
        return true
    }
}
