#if Emulator
internal import Synchronization

extension R2Emulator {
    /// Trouble that a test puts in the way of requests.
    public struct Fault: Sendable {
        enum Kind: Sendable {
            case refuse(Refusal)
            case delay(Duration)
            case cutOff(after: Int64)
            case loseResponse
            case dropConnection
        }

        let kind: Kind

        /// Responds with an error, without performing the operation.
        /// - Parameters:
        ///   - status: The status of the response.
        ///   - code: The code, such as `InternalError`.
        ///   - message: The message.
        /// - Returns: The fault.
        public static func error(status: Int, code: String, message: String = "Injected fault.") -> Fault {
            Fault(kind: .refuse(Refusal(status: status, code: code, message: message)))
        }

        /// Responds with status 500 and `InternalError`.
        public static var internalError: Fault { Fault(kind: .refuse(.internalError)) }

        /// Responds with status 429, as R2 does to a second write to a key within a second.
        public static var tooManyRequests: Fault { Fault(kind: .refuse(.tooManyRequests)) }

        /// Responds as if the request had expired.
        public static var expired: Fault { Fault(kind: .refuse(.expired)) }

        /// Waits before the response, after the operation was performed.
        /// - Parameter duration: The time to wait.
        /// - Returns: The fault.
        public static func delay(_ duration: Duration) -> Fault { Fault(kind: .delay(duration)) }

        /// Closes the connection in the middle of the response.
        /// - Parameter count: The number of bytes of the body to send before.
        /// - Returns: The fault.
        public static func cutOff(afterBytes count: Int64) -> Fault { Fault(kind: .cutOff(after: count)) }

        /// Performs the operation, and closes the connection instead of sending the response.
        public static var lostResponse: Fault { Fault(kind: .loseResponse) }

        /// Closes the connection before the operation is performed.
        public static var droppedConnection: Fault { Fault(kind: .dropConnection) }
    }

    /// The requests that a fault applies to.
    public struct FaultTarget: Sendable {
        let matches: @Sendable (_ operation: String?, _ bucket: String?, _ key: String?) -> Bool

        /// Every request.
        public static let any = FaultTarget { _, _, _ in true }

        /// The requests of some operations.
        /// - Parameter names: The operations' names, such as `PutObject`.
        /// - Returns: The target.
        public static func operations(_ names: String...) -> FaultTarget {
            FaultTarget { operation, _, _ in operation.map(names.contains) ?? false }
        }

        /// The requests of an operation on an object.
        /// - Parameters:
        ///   - name: The operation's name, such as `GetObject`.
        ///   - key: The object's key.
        /// - Returns: The target.
        public static func operation(_ name: String, key: String) -> FaultTarget {
            FaultTarget { $0 == name && $2 == key }
        }
    }
}

/// The faults that wait for their requests.
final class FaultPlan: Sendable {
    private struct Entry: Sendable {
        let fault: R2Emulator.Fault
        let target: R2Emulator.FaultTarget
        var remaining: Int
    }

    private let entries: Mutex<[Entry]> = Mutex([])

    func add(_ fault: R2Emulator.Fault, count: Int, target: R2Emulator.FaultTarget) {
        guard count > 0 else { return }
        entries.withLock { $0.append(Entry(fault: fault, target: target, remaining: count)) }
    }

    func removeAll() { entries.withLock { $0 = [] } }

    /// Takes the first fault that applies to a request.
    func take(operation: Operation?, address: RequestAddress?) -> R2Emulator.Fault? {
        entries.withLock { entries in
            guard
                let index = entries.firstIndex(where: {
                    $0.target.matches(operation?.rawValue, address?.bucket, address?.key)
                })
            else { return nil }
            let fault = entries[index].fault
            entries[index].remaining -= 1
            if entries[index].remaining == 0 { entries.remove(at: index) }
            return fault
        }
    }
}
#endif
