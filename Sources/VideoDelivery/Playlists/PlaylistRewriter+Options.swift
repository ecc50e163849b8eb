#if Delivery
extension PlaylistRewriter {
    /// Limits of a rewriter, and its choices where several are safe.
    public struct Options: Sendable, Hashable {
        /// A way to replace the URIs of encryption keys.
        public enum Keys: Sendable, Hashable {
            /// URLs are made like those of media. The key itself is then as protected as the segments.
            case sign
            /// URLs are those of your app's route for keys, which can check each request.
            case route
        }

        /// A way to treat URIs that aren't replaced.
        public enum Treatment: Sendable, Hashable {
            /// The playlist is rejected.
            case refuse
            /// They stay as they are.
            case keep
        }

        /// The way to replace the URIs of encryption keys with the format `identity`.
        public var keys: Keys
        /// The treatment of absolute URIs, such as those of an advertising server.
        ///
        /// Keep them only if you trust the playlists' author: a player sends requests to these hosts.
        public var absoluteURIs: Treatment
        /// The treatment of tags and attributes that aren't known, whose names say that they contain a URI.
        ///
        /// If you keep them, a relative one refers to your app's host.
        public var unknownURIs: Treatment
        /// The maximum length of a line, in bytes.
        public var maximumLineLength: Int
        /// The maximum length of the playlist, in bytes.
        ///
        /// 10,000 segments have about 700 KB.
        public var maximumLength: Int
        /// The maximum length of the rewritten playlist, in bytes.
        ///
        /// 10,000 presigned segments have about 5 MB.
        public var maximumOutputLength: Int

        /// Creates options.
        /// - Parameters:
        ///   - keys: The way to replace the URIs of encryption keys.
        ///   - absoluteURIs: The treatment of absolute URIs.
        ///   - unknownURIs: The treatment of URIs in tags and attributes that aren't known.
        ///   - maximumLineLength: The maximum length of a line, in bytes.
        ///   - maximumLength: The maximum length of the playlist, in bytes.
        ///   - maximumOutputLength: The maximum length of the rewritten playlist, in bytes.
        public init(
            keys: Keys = .sign, absoluteURIs: Treatment = .keep, unknownURIs: Treatment = .refuse,
            maximumLineLength: Int = 65_536, maximumLength: Int = 8_388_608, maximumOutputLength: Int = 67_108_864
        ) {
            self.keys = keys
            self.absoluteURIs = absoluteURIs
            self.unknownURIs = unknownURIs
            self.maximumLineLength = maximumLineLength
            self.maximumLength = maximumLength
            self.maximumOutputLength = maximumOutputLength
        }
    }
}
#endif
