#if Emulator
internal import R2KitSupport
internal import Synchronization

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension R2Emulator {
    /// A message about a change in a bucket, as R2 sends it to a queue.
    ///
    /// Source: R2 "Event notifications".
    public struct Event: Sendable, Codable, Equatable {
        /// The change that a message reports.
        public enum Action: String, Sendable, Codable {
            /// An object was stored.
            case putObject = "PutObject"
            /// An object was copied.
            case copyObject = "CopyObject"
            /// A multipart upload was completed.
            case completeMultipartUpload = "CompleteMultipartUpload"
            /// An object was deleted.
            case deleteObject = "DeleteObject"
            /// A lifecycle rule deleted an object.
            case lifecycleDeletion = "LifecycleDeletion"
        }

        /// The object that changed.
        public struct Object: Sendable, Codable, Equatable {
            /// The key.
            public let key: String
            /// The length in bytes, absent after a deletion.
            public let size: Int64?
            /// The ETag without quotation marks, absent after a deletion.
            public let eTag: String?
        }

        /// The source of a copy.
        public struct Source: Sendable, Codable, Equatable {
            /// The source's bucket.
            public let bucket: String
            /// The source's key.
            public let object: String
        }

        /// The account's identifier.
        public let account: String
        /// The change.
        public let action: Action
        /// The bucket's name.
        public let bucket: String
        /// The object.
        public let object: Object
        /// The time of the change in ISO 8601, such as `2026-01-02T03:04:05.678Z`.
        public let eventTime: String
        /// The source, if the object was copied.
        public let copySource: Source?
    }

    /// A handler of messages.
    ///
    /// It's called while the change is made, one message at a time. It must return soon, and not send requests to the
    /// emulator itself.
    public typealias EventHandler = @Sendable (Event) -> Void
}

/// Sends messages to the handler, in the order of the changes.
final class EventDispatcher: Sendable {
    private let account: String
    private let handler: R2Emulator.EventHandler?
    private let delivery: Mutex<(order: R2Emulator.EventDelivery, held: [R2Emulator.Event])>

    init(account: String, delivery: R2Emulator.EventDelivery, handler: R2Emulator.EventHandler?) {
        self.account = account
        self.handler = handler
        self.delivery = Mutex((delivery, []))
    }

    func objectCreated(
        _ record: ObjectRecord, in bucket: String, action: R2Emulator.Event.Action,
        copySource: (bucket: String, key: String)?, at date: Date
    ) {
        guard handler != nil else { return }
        send(
            R2Emulator.Event(
                account: account, action: action, bucket: bucket,
                object: .init(key: record.key, size: record.length, eTag: record.etag), eventTime: Timestamp.iso(date),
                copySource: copySource.map { .init(bucket: $0.bucket, object: $0.key) }))
    }

    func objectDeleted(_ key: String, from bucket: String, action: R2Emulator.Event.Action, at date: Date) {
        guard handler != nil else { return }
        send(
            R2Emulator.Event(
                account: account, action: action, bucket: bucket, object: .init(key: key, size: nil, eTag: nil),
                eventTime: Timestamp.iso(date), copySource: nil))
    }

    /// Sends the messages that were held back.
    func release() {
        let held = delivery.withLock { delivery in
            defer { delivery.held = [] }
            return delivery.order == .heldAndReversed ? delivery.held.reversed() : delivery.held
        }
        for event in held { handler?(event) }
    }

    private func send(_ event: R2Emulator.Event) {
        guard let handler else { return }
        let times = delivery.withLock { delivery in
            switch delivery.order {
            case .immediate: return 1
            case .duplicated: return 2
            case .held, .heldAndReversed:
                delivery.held.append(event)
                return 0
            }
        }
        for _ in 0..<times { handler(event) }
    }
}

extension R2Emulator {
    /// The way in which messages reach the handler.
    ///
    /// R2's queues deliver at least once, in no particular order.
    public enum EventDelivery: Sendable {
        /// Once, right after the change.
        case immediate
        /// Twice, right after the change.
        case duplicated
        /// When ``R2Emulator/releaseEvents()`` is called.
        case held
        /// When ``R2Emulator/releaseEvents()`` is called, the latest first.
        case heldAndReversed
    }
}
#endif
