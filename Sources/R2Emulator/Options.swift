#if Emulator
internal import R2Kit
internal import R2KitSupport
internal import SigV4

extension R2Emulator {
    /// The options of an emulator.
    public struct Options: Sendable {
        /// The address to listen on: `127.0.0.1`, `::1` or `localhost`, unless ``allowsRemoteAccess`` is set.
        public var host = "127.0.0.1"
        /// A Boolean value that indicates whether the emulator may listen on addresses that other machines can reach.
        ///
        /// Requests aren't encrypted there.
        public var allowsRemoteAccess = false
        /// The port, or 0 for a free one.
        public var port = 0
        /// The path before the bucket, such as `/cdn-cgi/local/r2/s3`, or an empty string.
        public var basePath = ""
        /// The names of the buckets to create.
        ///
        /// The first is the bucket of ``R2Emulator/config``.
        public var buckets = ["media"]
        /// The access keys.
        ///
        /// The first is the one of ``R2Emulator/config``. If empty, a random one with all permissions.
        public var keys: [Key] = []
        /// The place where objects are kept.
        public var storage = Storage.memory(capacity: 1 << 30)
        /// The identifier of the account that owns the buckets: 32 hexadecimal digits.
        public var accountID = "00000000000000000000000000000000"
        /// R2's limits.
        public var limits = Limits()
        /// Choices where no source settles what R2 does.
        public var behavior = Behavior()
        /// A Boolean value that indicates whether the emulator responds to `Expect: 100-continue`.
        ///
        /// Cloudflare's edge doesn't, and clients that send it then wait for about a second.
        public var respondsToExpect = true
        /// The time after which a connection is closed that is idle or stuck in the middle of a request.
        ///
        /// Within this time, at least a kibibyte of a body must arrive, or else the rest of it. A response must make
        /// progress within twice this time.
        public var idleTimeout: Duration = .seconds(30)
        /// The minimum number of requests that the log keeps.
        public var logCapacity = 1000
        /// The handler of event messages, or `nil`.
        public var eventHandler: EventHandler?
        /// The way in which messages reach the handler.
        public var eventDelivery = EventDelivery.immediate
        /// A second address that serves a bucket as a custom domain does, or `nil`.
        public var publicOrigin: PublicOrigin?

        /// Creates the default options.
        public init() {}
    }

    /// The place where an emulator keeps objects.
    public enum Storage: Sendable {
        /// Memory, up to a number of bytes. Past it, requests get status 507.
        case memory(capacity: Int64)
        /// A directory, which is created if it doesn't exist.
        ///
        /// Objects survive a restart, also after a crash of the process. With `synchronizes`, each change waits for the
        /// disk, and survives a power cut.
        case directory(String, synchronizes: Bool = false)
    }

    /// An access key.
    public struct Key: Sendable {
        /// A group of operations.
        ///
        /// Source: R2 "Authentication", permissions.
        public enum Permission: String, Sendable, CaseIterable {
            /// Everything.
            case adminReadWrite = "admin-read-write"
            /// List buckets, read their settings, and read and list objects.
            case adminReadOnly = "admin-read-only"
            /// Read, write, list and delete objects.
            case objectReadWrite = "object-read-write"
            /// Read and list objects.
            case objectReadOnly = "object-read-only"
        }

        /// The access key ID.
        public let accessKeyID: String
        let secret: Secret
        /// The operations that the key allows.
        public let permission: Permission
        /// The names of the buckets that the key is limited to, or `nil` for all.
        public let buckets: Set<String>?

        /// Creates an access key.
        /// - Parameters:
        ///   - accessKeyID: The access key ID. R2's have 32 characters.
        ///   - secretAccessKey: The secret access key.
        ///   - permission: The operations that the key allows.
        ///   - buckets: The names of the buckets that the key is limited to, or `nil` for all.
        public init(
            accessKeyID: String, secretAccessKey: String, permission: Permission = .adminReadWrite,
            buckets: Set<String>? = nil
        ) {
            self.accessKeyID = accessKeyID
            secret = Secret(secretAccessKey)
            self.permission = permission
            self.buckets = buckets
        }

        /// Returns a key with all permissions, in the form of R2's keys.
        static func random() -> Key {
            Key(
                accessKeyID: Hexadecimal.encode(Identifier.randomBytes(16)),
                secretAccessKey: Hexadecimal.encode(Identifier.randomBytes(32)))
        }
    }

    /// An error that describes why an emulator couldn't start.
    public struct StartError: Error, Sendable, CustomStringConvertible {
        /// The problem, and how to fix it.
        public let description: String
    }
}
#endif
