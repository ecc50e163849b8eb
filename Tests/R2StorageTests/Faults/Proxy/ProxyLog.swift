#if Storage
import Synchronization

/// A log of the requests that passed a proxy.
final class ProxyLog: Sendable {
    struct Entry: Sendable {
        let request: S3Request
        let fault: Fault
        /// The number of bytes of the body that the server received.
        var bodyBytes = 0
        /// The status of the server's response, if there was one.
        var status: Int?
        /// A Boolean value that indicates whether the whole response was sent to the client.
        var hasResponse = false

        /// A Boolean value that indicates whether the server carried out the request, even if its response was lost.
        var isDone: Bool { status.map { (200..<300).contains($0) } ?? false }
    }

    private struct State {
        var entries: [Entry] = []
        /// The number of requests in flight, by key.
        var open: [String: Int] = [:]
        /// The number of connections that the proxy has read to their end, by the client's port.
        var ended: [Int: Int] = [:]
        /// The number of ended connections whose port the system no longer knew when they were accepted.
        var endedWithoutPort = 0
    }

    private let state = Mutex(State())

    var entries: [Entry] { state.withLock { $0.entries } }

    func begin(_ request: S3Request) { state.withLock { $0.open[request.key ?? "", default: 0] += 1 } }

    func end(_ entry: Entry) {
        state.withLock {
            $0.open[entry.request.key ?? "", default: 0] -= 1
            $0.entries.append(entry)
        }
    }

    /// Returns the number of requests in flight for a key.
    func open(_ key: String) -> Int { state.withLock { $0.open[key] ?? 0 } }

    func endConnection(fromPort port: Int?) {
        state.withLock { if let port { $0.ended[port, default: 0] += 1 } else { $0.endedWithoutPort += 1 } }
    }

    /// Waits until the proxy has read these connections to their end, including those that it has yet to accept.
    func waitForEnd(ofConnectionsFrom ports: [Int]) async throws {
        let counts = Dictionary(ports.map { ($0, 1) }, uniquingKeysWith: +)
        func missing() -> Int {
            state.withLock { state in
                counts.map { max(0, $0.value - state.ended[$0.key, default: 0]) }.reduce(0, +) - state.endedWithoutPort
            }
        }
        while missing() > 0 {
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    func entries(_ operation: String, key: String) -> [Entry] {
        entries.filter { $0.request.operation == operation && $0.request.key == key }
    }

    /// Returns the numbers of the parts of an object that were sent to the server.
    func sentParts(of key: String) -> [Int] {
        entries("UploadPart", key: key).filter { $0.bodyBytes > 0 }.compactMap(\.request.partNumber)
    }

    /// Returns the numbers of the parts of an object that the server stored.
    func finishedParts(of key: String) -> Set<Int> {
        Set(entries("UploadPart", key: key).filter(\.isDone).compactMap(\.request.partNumber))
    }

    /// Returns the number of created uploads whose response the client may not have received.
    func unknownUploads(of key: String) -> Int {
        entries("CreateMultipartUpload", key: key).count { $0.isDone && ($0.fault.losesResponse || !$0.hasResponse) }
    }

    /// The number of faults of each kind.
    var summary: String {
        let kinds = Dictionary(grouping: entries) { entry -> String in
            String("\(entry.fault)".prefix { $0 != "(" }) + (Self.place(entry.fault).map { " \($0)" } ?? "")
        }
        return kinds.map { "\($0.key): \($0.value.count)" }.sorted().joined(separator: ", ")
    }

    private static func place(_ fault: Fault) -> String? {
        guard case .at(let place, let event) = fault else { return nil }
        return String("\(place)".prefix { $0 != "(" }) + "/" + String("\(event)".prefix { $0 != "(" })
    }
}
#endif
