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
    /// The bodies that are being sent on the connections.
    private let sending = Mutex(Sending())
    /// The number of objects that have been fetched and whose bodies haven't been read to the end.
    private let openBodies = Atomic<Int>(0)

    private struct Sending {
        /// The number of requests whose bodies are being sent.
        var count = 0
        /// The number of bytes that all connections have accepted.
        var bytes: Int64 = 0
        /// The time at which they last accepted some.
        var time: Duration?
    }

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

    func sendingStarted() { sending.withLock { $0.count += 1 } }

    func sendingEnded() { sending.withLock { $0.count -= 1 } }

    /// Counts bytes that a connection has accepted.
    /// - Returns: The number of bytes that all of them have accepted.
    func sent(_ count: Int, at time: Duration) -> Int64 {
        moved()
        return sending.withLock { sending in
            sending.bytes += Int64(count)
            sending.time = time
            return sending.bytes
        }
    }

    /// The number of bytes of bodies that all connections have accepted.
    var sentBytes: Int64 { sending.withLock(\.bytes) }

    /// Returns a Boolean value that indicates whether a connection that accepts nothing may only be waiting for others.
    ///
    /// On a slow line, connections don't have equal shares. One of them can stand still for minutes, while the line is
    /// busy with the bytes of the others. It is given up only when they have sent several times what it has to send.
    /// - Parameters:
    ///   - bytes: The number of bytes that all connections had accepted when this one last did.
    ///   - now: The current time.
    ///   - limit: The time after which a line that accepts nothing at all is dead.
    /// - Returns: `true` if the connection shouldn't be given up yet.
    func isBusyWithOthers(since bytes: Int64, at now: Duration, limit: Duration) -> Bool {
        sending.withLock { sending in
            guard sending.count > 1, sending.bytes > bytes, let time = sending.time, now - time < limit else {
                return false
            }
            return sending.bytes - bytes < Self.fairShares * Int64(sending.count) * Self.bufferedLength
        }
    }

    private static let fairShares: Int64 = 8
    /// The number of bytes that a connection accepts before it has sent them, or a little more: 256 KiB.
    static let bufferedLength: Int64 = 262_144

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
