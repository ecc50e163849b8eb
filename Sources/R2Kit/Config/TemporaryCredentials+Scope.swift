extension TemporaryCredentials {
    /// The operations and keys that temporary credentials allow.
    public struct Scope: Sendable, Hashable {
        /// A permission for a group of operations.
        ///
        /// `nil` if ``actions`` lists all operations.
        public var permission: Permission?
        /// Single operations.
        ///
        /// With a permission, both must allow an operation.
        public var actions: [Action]
        /// The prefixes of the allowed keys, besides ``objects``.
        ///
        /// Without either, the whole bucket is allowed. End a prefix with `/` for a folder: `videos/1` also covers
        /// `videos/10`.
        public var prefixes: [String]
        /// The allowed keys, besides those that ``prefixes`` covers.
        ///
        /// Without either, the whole bucket is allowed.
        public var objects: [ObjectKey]

        /// Creates a scope.
        /// - Parameters:
        ///   - permission: A permission for a group of operations.
        ///   - actions: Single operations. With a permission, both must allow an operation.
        ///   - prefixes: The prefixes of the allowed keys, each of 1 to 1,024 bytes without control characters.
        ///   - objects: The allowed keys.
        public init(
            permission: Permission? = nil, actions: [Action] = [], prefixes: [String] = [], objects: [ObjectKey] = []
        ) {
            self.permission = permission
            self.actions = actions
            self.prefixes = prefixes
            self.objects = objects
        }
    }
}

extension TemporaryCredentials.Scope {
    func check() throws(R2ValidationError) {
        guard permission != nil || !actions.isEmpty else {
            throw R2ValidationError(
                .invalidTemporaryCredentials, "Invalid scope: it allows nothing. Set a permission or actions.")
        }
        for prefix in prefixes {
            guard !prefix.isEmpty, prefix.utf8.count <= ObjectKey.maximumLength,
                !prefix.utf8.contains(where: ASCII.isControl)
            else {
                throw R2ValidationError(
                    .invalidTemporaryCredentials,
                    "Invalid prefix: expected 1 to \(ObjectKey.maximumLength) bytes without control characters. "
                        + "Omit the prefix to allow the whole bucket.")
            }
        }
    }
}

extension TemporaryCredentials {
    /// A group of operations that temporary credentials allow, as R2's API tokens have it.
    ///
    /// Source: R2 "Temporary credentials".
    public struct Permission: Sendable, Hashable, CustomStringConvertible {
        /// The name in the token's `scope` claim.
        public let rawValue: String

        /// Read, write, list and delete objects, and change the bucket's settings.
        public static let adminReadWrite = Permission("admin-read-write")
        /// Read and list objects, and read the bucket's settings.
        public static let adminReadOnly = Permission("admin-read-only")
        /// Read, write, list and delete objects.
        public static let objectReadWrite = Permission("object-read-write")
        /// Read and list objects.
        public static let objectReadOnly = Permission("object-read-only")

        private init(_ name: String) { rawValue = name }

        /// The name itself.
        public var description: String { rawValue }
    }

    /// One operation that temporary credentials allow.
    ///
    /// Source: R2 "Temporary credentials", the `actions` claim.
    public struct Action: Sendable, Hashable, CustomStringConvertible {
        /// The name in the token's `actions` claim.
        public let rawValue: String

        /// Read an object's size, type and metadata.
        public static let headObject = Action("HeadObject")
        /// Read an object.
        public static let getObject = Action("GetObject")
        /// Read the bucket's location.
        public static let getBucketLocation = Action("GetBucketLocation")
        /// List objects with the first version of the operation.
        public static let listObjectsV1 = Action("ListObjectsV1")
        /// List objects.
        public static let listObjectsV2 = Action("ListObjectsV2")
        /// List unfinished multipart uploads.
        public static let listMultipartUploads = Action("ListMultipartUploads")
        /// List the parts of a multipart upload.
        public static let listParts = Action("ListParts")
        /// Write an object.
        public static let putObject = Action("PutObject")
        /// Delete an object.
        public static let deleteObject = Action("DeleteObject")
        /// Delete many objects.
        public static let deleteObjects = Action("DeleteObjects")
        /// Copy an object.
        public static let copyObject = Action("CopyObject")
        /// Create a multipart upload.
        public static let createMultipartUpload = Action("CreateMultipartUpload")
        /// Upload a part.
        public static let uploadPart = Action("UploadPart")
        /// Copy a part from an object.
        public static let uploadPartCopy = Action("UploadPartCopy")
        /// Abort a multipart upload.
        public static let abortMultipartUpload = Action("AbortMultipartUpload")
        /// Complete a multipart upload.
        public static let completeMultipartUpload = Action("CompleteMultipartUpload")

        private init(_ name: String) { rawValue = name }

        /// The name itself.
        public var description: String { rawValue }
    }
}
