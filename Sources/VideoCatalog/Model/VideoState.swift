extension Video {
    /// The state of a video, from its planned upload until it can be played.
    public enum State: Sendable, Hashable {
        /// The video is in the catalog, and your app has issued an upload URL.
        case pendingUpload
        /// Parts of the video are arriving.
        case uploading
        /// The video has arrived and is being verified.
        case verifying
        /// The video can be played.
        case ready
        /// The video can't be played. The reason is for people and programs of your app, such as `wrongSize`.
        case failed(reason: String)
        /// The video was never uploaded.
        case expired

        /// A state without its reason, for queries.
        public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
            /// See ``Video/State/pendingUpload``.
            case pendingUpload
            /// See ``Video/State/uploading``.
            case uploading
            /// See ``Video/State/verifying``.
            case verifying
            /// See ``Video/State/ready``.
            case ready
            /// See ``Video/State/failed(reason:)``.
            case failed
            /// See ``Video/State/expired``.
            case expired
        }

        /// The state without its reason.
        public var kind: Kind {
            switch self {
            case .pendingUpload: .pendingUpload
            case .uploading: .uploading
            case .verifying: .verifying
            case .ready: .ready
            case .failed: .failed
            case .expired: .expired
            }
        }

        /// The reason of a failed state, otherwise `nil`.
        public var failureReason: String? {
            if case .failed(let reason) = self { reason } else { nil }
        }

        /// Creates a state from its kind and reason.
        ///
        /// - Parameters:
        ///   - kind: The kind of the state.
        ///   - failureReason: The reason of a failed state, `unknown` if it is `nil`. Other states ignore it.
        public init(kind: Kind, failureReason: String? = nil) {
            switch kind {
            case .pendingUpload: self = .pendingUpload
            case .uploading: self = .uploading
            case .verifying: self = .verifying
            case .ready: self = .ready
            case .failed: self = .failed(reason: failureReason ?? "unknown")
            case .expired: self = .expired
            }
        }
    }
}

extension Video.State.Kind {
    /// The state transitions: for each state, the states that may follow it.
    ///
    /// A state may always follow itself, because clients and queue events repeat themselves. A failed or expired upload
    /// may start again. A ready video stays ready unless its object turns out to be wrong. One transition isn't here,
    /// because it depends on more than the states: a failed video becomes ready at the end of a replacement.
    public static let successors: [Video.State.Kind: Set<Video.State.Kind>] = [
        .pendingUpload: [.pendingUpload, .uploading, .verifying, .ready, .failed, .expired],
        .uploading: [.uploading, .verifying, .ready, .failed, .expired],
        .verifying: [.verifying, .ready, .failed],
        .ready: [.ready, .failed],
        .failed: [.failed, .pendingUpload],
        .expired: [.expired, .pendingUpload, .uploading, .verifying],
    ]

    /// Returns a Boolean value that indicates whether another state may follow this one.
    ///
    /// - Parameter next: The other state.
    /// - Returns: `true` if ``successors`` contains the transition.
    public func canTransition(to next: Video.State.Kind) -> Bool { Self.successors[self]?.contains(next) == true }
}

extension Video.State: Codable {
    private enum CodingKeys: String, CodingKey { case kind, reason }

    /// Creates a state by decoding an object such as `{"kind": "failed", "reason": "…"}`.
    ///
    /// - Parameter decoder: The decoder to read from.
    /// - Throws: A `DecodingError` for an unknown kind.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let kind = try container.decode(Kind.self, forKey: .kind)
        self.init(kind: kind, failureReason: try container.decodeIfPresent(String.self, forKey: .reason))
    }

    /// Encodes the kind, and the reason of a failed state.
    ///
    /// - Parameter encoder: The encoder to write to.
    /// - Throws: Any error of the encoder.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        try container.encodeIfPresent(failureReason, forKey: .reason)
    }
}

extension Video.State {
    /// Returns a Boolean value that indicates whether two states are the same, with reasons compared byte for byte.
    ///
    /// - Returns: `true` if the kinds and the reasons are equal.
    public static func == (first: Video.State, second: Video.State) -> Bool {
        first.kind == second.kind
            && first.failureReason.map(ExactString.init) == second.failureReason.map(ExactString.init)
    }

    /// Hashes the kind and the bytes of the reason.
    ///
    /// - Parameter hasher: The hasher to feed.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        hasher.combine(failureReason.map(ExactString.init))
    }
}
