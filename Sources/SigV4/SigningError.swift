/// An error that a signer throws because it can't sign a request.
///
/// The message says what was expected. It never contains a secret, a header's value or a signature.
public struct SigningError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of a signing error.
    ///
    /// An open set: later versions may add codes.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code's stable name.
        public let description: String

        init(_ name: String) { description = name }

        /// The method isn't an HTTP token.
        public static let invalidMethod = Code("invalidMethod")
        /// The path doesn't start with `/`, or isn't encoded as the service's rules require.
        public static let invalidPath = Code("invalidPath")
        /// A header's name isn't an HTTP token, or its value contains a control character.
        public static let invalidHeader = Code("invalidHeader")
        /// The request has no `host` header, or several.
        public static let missingHost = Code("missingHost")
        /// The request already has a header or query parameter that the signer sets.
        public static let reservedName = Code("reservedName")
        /// A lifetime is outside 1 to 604,800 seconds, or isn't a whole number of seconds.
        public static let invalidLifetime = Code("invalidLifetime")
        /// A time is outside the years 1970 to 9999.
        public static let invalidTime = Code("invalidTime")
        /// A payload hash isn't 64 lowercase hexadecimal digits.
        public static let invalidPayloadHash = Code("invalidPayloadHash")
    }

    /// The kind of error.
    public let code: Code
    /// A sentence that says what was expected and what to do.
    public let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The code and the message.
    public var description: String { "\(code): \(message)" }
}
