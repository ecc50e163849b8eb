/// Why a request was not signed.
///
/// The message says what was expected; it never contains a secret, a header's value or a signature.
public struct SigningError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of thing was wrong.
    ///
    /// An open set: later versions may add codes.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code's stable name.
        public let description: String

        init(_ name: String) { description = name }

        /// The method is empty or holds something other than letters, digits and HTTP's token characters.
        public static let invalidMethod = Code("invalidMethod")
        /// The path does not begin with `/`, or is not encoded as the service's rules want it.
        public static let invalidPath = Code("invalidPath")
        /// A header's name is no HTTP token, or its value holds a control byte.
        public static let invalidHeader = Code("invalidHeader")
        /// The request has no `host` header, or several.
        public static let missingHost = Code("missingHost")
        /// A header or query parameter that the signer itself sets was already there.
        public static let reservedName = Code("reservedName")
        /// A lifetime outside 1 to 604,800 seconds.
        public static let invalidLifetime = Code("invalidLifetime")
        /// An instant outside the years 1970 to 9999.
        public static let invalidTime = Code("invalidTime")
        /// A payload hash that is not 64 lower-case hexadecimal digits.
        public static let invalidPayloadHash = Code("invalidPayloadHash")
    }

    /// What kind of thing was wrong.
    public let code: Code
    /// What was expected, and what to do.
    public let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The code and the message.
    public var description: String { "\(code): \(message)" }
}
