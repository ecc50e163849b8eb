extension Video {
    /// Where a video is on its way from the client's wish to upload it until it can be played.
    public enum State: Sendable, Hashable {
        /// The row is there, and a URL to upload has been handed out.
        case pendingUpload
        /// Parts of it are arriving.
        case uploading
        /// It has arrived, and is being checked.
        case verifying
        /// It can be played.
        case ready
        /// It cannot be played. The reason is for people and programs of the host, such as `wrongSize`.
        case failed(reason: String)
        /// It was never uploaded.
        case expired

        /// A state without what goes with it: what queries ask for.
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

        /// The state without what goes with it.
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

        /// Why it failed, if it did.
        public var failureReason: String? {
            if case .failed(let reason) = self { reason } else { nil }
        }

        /// Puts a state together from its kind and, for a failed one, its reason.
        ///
        /// - Parameters:
        ///   - kind: The state.
        ///   - failureReason: Why it failed; `unknown` if a failed one has none.
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
    /// Which states may follow which.
    ///
    /// A state may always follow itself: clients and queue events repeat themselves.
    ///
    /// A failed or expired upload may be begun anew. A ready video stays ready, unless what was stored turns out to be
    /// wrong.
    public static let successors: [Video.State.Kind: Set<Video.State.Kind>] = [
        .pendingUpload: [.pendingUpload, .uploading, .verifying, .ready, .failed, .expired],
        .uploading: [.uploading, .verifying, .ready, .failed, .expired],
        .verifying: [.verifying, .ready, .failed],
        .ready: [.ready, .failed],
        .failed: [.failed, .pendingUpload],
        .expired: [.expired, .pendingUpload, .uploading, .verifying],
    ]

    /// Whether another state may follow this one.
    ///
    /// - Parameter next: The other one.
    /// - Returns: Whether ``successors`` has it.
    public func canTransition(to next: Video.State.Kind) -> Bool { Self.successors[self]?.contains(next) == true }
}

extension Video.State: Codable {
    private enum CodingKeys: String, CodingKey { case kind, reason }

    /// Reads `{"kind": "failed", "reason": "…"}`.
    ///
    /// - Parameter decoder: Where an object is expected.
    /// - Throws: `DecodingError` for a kind that is none of these.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let kind = try container.decode(Kind.self, forKey: .kind)
        self.init(kind: kind, failureReason: try container.decodeIfPresent(String.self, forKey: .reason))
    }

    /// Writes the kind, and the reason of a failed one.
    ///
    /// - Parameter encoder: Takes an object.
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        try container.encodeIfPresent(failureReason, forKey: .reason)
    }
}
