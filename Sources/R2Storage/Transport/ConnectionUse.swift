#if Storage
internal import AsyncHTTPClient
internal import R2Kit
internal import Synchronization

/// The use of an HTTP client's connections to one endpoint, by all R2 clients that share it.
///
/// A request that waits for a connection checks it: as long as bytes move, a connection becomes free sooner or later.
final class ConnectionUse: Sendable {
    private struct Key: Hashable {
        let httpClient: ObjectIdentifier
        let endpoint: String
    }

    private struct Reference {
        weak var use: ConnectionUse?
    }

    private static let all = Mutex<[Key: Reference]>([:])

    /// The number of times that bytes have moved on any connection.
    private let moves = Atomic<Int>(0)
    /// The number of objects that have been fetched and whose bodies haven't been read to the end.
    private let openBodies = Atomic<Int>(0)

    private init() {}

    /// Returns the use of the connections that requests with a configuration take from an HTTP client.
    static func shared(by httpClient: HTTPClient, _ config: R2Config) -> ConnectionUse {
        let host = config.addressingStyle == .path ? "" : "\(config.bucket)."
        let key = Key(httpClient: ObjectIdentifier(httpClient), endpoint: "\(host)\(config.endpoint)")
        return all.withLock { all in
            if let use = all[key]?.use { return use }
            all = all.filter { $0.value.use != nil }
            let use = ConnectionUse()
            all[key] = Reference(use: use)
            return use
        }
    }

    func moved() { moves.add(1, ordering: .relaxed) }

    func bodyOpened() { openBodies.add(1, ordering: .relaxed) }

    func bodyClosed() { openBodies.subtract(1, ordering: .relaxed) }

    /// A wait for a connection, which is over when nothing has moved for some time.
    struct Wait {
        private let use: ConnectionUse
        private let limit: Duration
        private var moves: Int
        private var start: Duration

        /// Creates a wait that starts now.
        init(_ use: ConnectionUse, limit: Duration, now: Duration) {
            self.use = use
            self.limit = limit
            moves = use.moves.load(ordering: .relaxed)
            start = now
        }

        /// Throws if nothing has moved for longer than the limit.
        mutating func check(at now: Duration) throws(NoFreeConnection) {
            let current = use.moves.load(ordering: .relaxed)
            if current != moves {
                moves = current
                start = now
            } else if now - start >= limit {
                throw NoFreeConnection(limit: limit, openBodies: use.openBodies.load(ordering: .relaxed))
            }
        }
    }
}

/// The end of a wait for a connection.
struct NoFreeConnection: Error {
    let limit: Duration
    let openBodies: Int

    var error: R2Error {
        let holders =
            switch openBodies {
            case 0: "other requests of this HTTP client hold all of them"
            case 1: "1 object body that hasn't been read to its end holds a connection"
            default: "\(openBodies) object bodies that haven't been read to their ends hold connections"
            }
        return R2Error(
            .timedOut,
            "No free connection: \(holders), and nothing was sent or received for \(limit). Read each body to its end "
                + "or drop it, or raise the HTTP client's concurrentHTTP1ConnectionsPerHostSoftLimit.")
    }
}
#endif
