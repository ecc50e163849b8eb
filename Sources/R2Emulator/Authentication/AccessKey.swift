#if Emulator
import SigV4

/// An access key that the emulator accepts, as an API token of R2 has one.
struct AccessKey: Sendable {
    /// A group of operations that a key allows.
    ///
    /// The raw values are those of a temporary credential's `scope`. Source: R2 "Authentication", permissions.
    enum Permission: String, Sendable, CaseIterable {
        /// Everything: create, list and delete buckets, change their settings, and all of the others.
        case adminReadWrite = "admin-read-write"
        /// List buckets, read their settings, and read and list objects.
        case adminReadOnly = "admin-read-only"
        /// Read, write, list and delete objects.
        case objectReadWrite = "object-read-write"
        /// Read and list objects.
        case objectReadOnly = "object-read-only"

        /// Returns a Boolean value that indicates whether the permission includes an operation.
        func allows(_ action: R2Action) -> Bool {
            switch action.level {
            case .readObjects: true
            case .writeObjects: self == .adminReadWrite || self == .objectReadWrite
            case .readSettings: self == .adminReadWrite || self == .adminReadOnly
            case .writeSettings: self == .adminReadWrite
            }
        }
    }

    /// The access key ID.
    ///
    /// R2's have 32 characters. One that the emulator was given may have another length, and works.
    let id: String
    /// The secret access key.
    let secret: Secret
    /// The operations that the key allows.
    let permission: Permission
    /// The names of the buckets that the key is limited to, or `nil` for all.
    let buckets: Set<String>?

    /// Creates a key.
    /// - Parameters:
    ///   - id: The access key ID.
    ///   - secret: The secret access key.
    ///   - permission: The operations that the key allows.
    ///   - buckets: The names of the buckets that the key is limited to, or `nil` for all.
    init(id: String, secret: Secret, permission: Permission = .adminReadWrite, buckets: Set<String>? = nil) {
        self.id = id
        self.secret = secret
        self.permission = permission
        self.buckets = buckets
    }
}
#endif
