#if Storage
import Synchronization

/// What has passed a proxy.
final class ProxyLog: Sendable {
    struct Entry: Sendable {
        let request: S3Request
        let fault: Fault
        /// How many bytes of the body the server was given.
        var bodyBytes = 0
        /// What the server answered, if it was asked and did.
        var status: Int?
        /// Whether the whole answer of the server went out.
        var isAnswered = false

        /// Whether the server did what was asked, though it may not have been heard.
        var isDone: Bool { status.map { (200..<300).contains($0) } ?? false }
    }

    private struct State {
        var entries: [Entry] = []
        /// How many requests about a key are under way.
        var open: [String: Int] = [:]
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

    /// How many requests about a key are under way.
    func open(_ key: String) -> Int { state.withLock { $0.open[key] ?? 0 } }

    /// Waits until nothing about a key is under way any more: what a client has given up may still reach the server.
    func settle(_ key: String) async throws {
        while open(key) > 0 { try await Task.sleep(for: .milliseconds(2)) }
    }

    func entries(_ operation: String, key: String) -> [Entry] {
        entries.filter { $0.request.operation == operation && $0.request.key == key }
    }

    /// The numbers of the parts of an object that the server was sent.
    func sentParts(of key: String) -> [Int] {
        entries("UploadPart", key: key).filter { $0.bodyBytes > 0 }.compactMap(\.request.partNumber)
    }

    /// The numbers of the parts of an object that the server has taken.
    func finishedParts(of key: String) -> Set<Int> {
        Set(entries("UploadPart", key: key).filter(\.isDone).compactMap(\.request.partNumber))
    }

    /// How many uploads were begun of which the client cannot have heard, or may have given up hearing.
    func unheardUploads(of key: String) -> Int {
        entries("CreateMultipartUpload", key: key).count { $0.isDone && ($0.fault.losesAnswer || !$0.isAnswered) }
    }

    /// How often each kind of fault happened, for the record.
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
