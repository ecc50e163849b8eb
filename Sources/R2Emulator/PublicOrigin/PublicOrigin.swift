#if Emulator
extension R2Emulator {
    /// A second address that serves a bucket's objects to everyone, or to those with an edge token, as a custom domain
    /// does.
    ///
    /// It knows GET and HEAD only. Its errors are HTML. Source: R2 "Public buckets", and Cloudflare WAF "Configure
    /// token authentication".
    public struct PublicOrigin: Sendable {
        /// The rule that checks edge tokens.
        public struct TokenRule: Sendable {
            let secret: String
            let timeToLive: Duration
            let parameter: String
            let directoryLength: Int?
            let isURLSafe: Bool

            /// Creates a rule.
            /// - Parameters:
            ///   - secret: The secret of the tokens.
            ///   - timeToLive: The time for which a token is valid after its issue.
            ///   - parameter: The name of the query parameter with the token, which must be the last one.
            ///   - directoryLength: The number of bytes at the start of the encoded path that a token covers, or `nil`
            ///     for the whole path.
            ///   - isURLSafe: A Boolean value that indicates whether the tokens are in URL-safe base64, as with the
            ///     rule's flag `s`.
            public init(
                secret: String, timeToLive: Duration, parameter: String = "verify", directoryLength: Int? = nil,
                isURLSafe: Bool = false
            ) {
                self.secret = secret
                self.timeToLive = timeToLive
                self.parameter = parameter
                self.directoryLength = directoryLength
                self.isURLSafe = isURLSafe
            }
        }

        /// The port, or 0 for a free one.
        public var port = 0
        /// The bucket.
        public var bucket: String
        /// The rule that checks edge tokens, or `nil` to serve everyone.
        public var tokenRule: TokenRule?

        /// Creates a public origin.
        /// - Parameters:
        ///   - bucket: The bucket.
        ///   - tokenRule: The rule that checks edge tokens, or `nil` to serve everyone.
        public init(bucket: String, tokenRule: TokenRule? = nil) {
            self.bucket = bucket
            self.tokenRule = tokenRule
        }
    }
}
#endif
