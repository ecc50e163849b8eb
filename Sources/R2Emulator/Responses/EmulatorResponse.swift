#if Emulator
/// A response before it is written.
struct EmulatorResponse: Sendable {
    enum Body: Sendable {
        case empty
        case bytes([UInt8])
        /// A range of a stored body.
        case stored(any StoredBody, Range<Int64>)
    }

    var status: Int
    var headers: [(String, String)]
    private(set) var body: Body
    /// The length that HEAD reports for a body that it doesn't send.
    var announcedLength: Int64?

    init(status: Int = 200, headers: [(String, String)] = [], body: Body = .empty) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Creates a response with status 200 and a document.
    init(_ document: XMLDocument) {
        self.init()
        set(document)
    }

    /// Creates a response with status 200 and a document that contains only text.
    init(text: String, root: String) {
        self.init(XMLDocument(root: root, text: text))
    }

    /// The length of the body that a GET sends, in bytes.
    var length: Int64 {
        switch body {
        case .empty: announcedLength ?? 0
        case .bytes(let bytes): Int64(bytes.count)
        case .stored(_, let range): Int64(range.count)
        }
    }

    /// Makes a document the body.
    mutating func set(_ document: XMLDocument) {
        set("Content-Type", "application/xml")
        body = .bytes(document.bytes)
    }

    /// Makes a range of a stored body the body.
    mutating func set(_ stored: any StoredBody, _ range: Range<Int64>) { body = .stored(stored, range) }

    /// Removes the body and keeps the headers, as HEAD does.
    ///
    /// R2 (observed): errors too have no body, and their length is zero.
    mutating func removeBody() {
        if case .stored(_, let range) = body { announcedLength = Int64(range.count) }
        body = .empty
    }

    /// Replaces the values of a header.
    mutating func set(_ name: String, _ value: String?) {
        headers.removeAll { $0.0.lowercased() == name.lowercased() }
        if let value { headers.append((name, value)) }
    }

    /// Returns the first value of a header.
    func header(_ name: String) -> String? { headers.first { $0.0.lowercased() == name.lowercased() }?.1 }
}
#endif
