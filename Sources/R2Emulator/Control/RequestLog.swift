#if Emulator
internal import Synchronization

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension R2Emulator {
    /// A request that the emulator received, and its response.
    public struct LoggedRequest: Sendable {
        /// A number that grows with each request, from 1.
        public let number: Int
        /// The emulator's date when the request arrived.
        public let date: Date
        /// The method.
        public let method: String
        /// The path as sent, without the query, which may hold a signature.
        public let path: String
        /// The names and values of the query parameters, without signatures and tokens.
        public let query: [String: String]
        /// The headers by lowercase name, without signatures, keys and tokens.
        public let headers: [String: String]
        /// The operation's name, such as `PutObject`, or `nil` if the request has none.
        public let operation: String?
        /// The bucket that was addressed, if any.
        public let bucket: String?
        /// The key that was addressed, if any.
        public let key: String?
        /// The status of the response.
        public let status: Int
        /// The code of an error, such as `NoSuchKey`.
        public let code: String?
        /// The message of an error.
        public let message: String?
        /// More about the reason of an error.
        ///
        /// It can contain header values and both canonical requests, but no secret.
        public let explanation: String?
        /// A Boolean value that indicates whether a fault was injected into the request.
        public let hadFault: Bool
    }

    /// The latest requests, for assertions and for the page in a browser.
    public final class RequestLog: Sendable {
        private let state: Mutex<(entries: [LoggedRequest], count: Int)> = Mutex(([], 0))
        private let capacity: Int

        init(capacity: Int) { self.capacity = capacity }

        /// The latest requests, oldest first.
        public var requests: [LoggedRequest] { state.withLock { $0.entries } }

        /// The number of all requests, including those that the log no longer holds.
        public var count: Int { state.withLock { $0.count } }

        /// Removes all requests.
        public func removeAll() { state.withLock { $0.entries = [] } }

        func append(_ make: (Int) -> LoggedRequest) {
            state.withLock { state in
                state.count += 1
                // In halves, so that not every request moves all others.
                if state.entries.count >= 2 * capacity { state.entries.removeFirst(capacity) }
                state.entries.append(make(state.count))
            }
        }
    }
}

extension R2Emulator.LoggedRequest {
    /// The names of headers and parameters that the log never shows.
    private static let secrets: Set<String> = [
        "authorization", "x-amz-security-token", "x-amz-signature", "cookie",
        "x-amz-server-side-encryption-customer-key", "x-amz-copy-source-server-side-encryption-customer-key",
    ]

    init(
        _ request: EmulatorRequest, number: Int, date: Date, operation: Operation?, address: RequestAddress?,
        status: Int, refusal: Refusal?, hadFault: Bool
    ) {
        func visible(_ pairs: [(name: String, value: String)]) -> [String: String] {
            var result: [String: String] = [:]
            for (name, value) in pairs {
                result[name, default: ""] +=
                    (result[name] == nil ? "" : ",")
                    + (Self.secrets.contains(name.lowercased()) ? "(hidden)" : value)
            }
            return result
        }
        self.number = number
        self.date = date
        method = request.method
        path = request.rawPath
        query = visible(request.query)
        headers = visible(request.headers.map { ($0.name.lowercased(), $0.value) })
        self.operation = operation?.rawValue
        bucket = address?.bucket
        key = address?.key
        self.status = status
        code = refusal?.code
        message = refusal?.message
        explanation = refusal?.explanation
        self.hadFault = hadFault
    }
}
#endif
