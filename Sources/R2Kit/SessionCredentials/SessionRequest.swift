/// What session credentials shall be good for.
public struct SessionRequest: Sendable, Hashable {
    /// A permission as a whole; `nil` if ``actions`` says it all.
    public var permission: SessionPermission?
    /// Single operations; with a permission, both must allow an operation.
    public var actions: [SessionAction]
    /// Only keys that begin with one of these, or that ``objects`` names.
    ///
    /// With neither, the whole bucket. End a prefix with `/` if a folder is meant: `videos/1` also covers `videos/10`.
    public var prefixes: [String]
    /// Only these keys, or those that ``prefixes`` covers.
    ///
    /// With neither, the whole bucket.
    public var objects: [ObjectKey]

    /// Combines a permission or actions with the keys they are limited to.
    public init(
        permission: SessionPermission? = nil, actions: [SessionAction] = [], prefixes: [String] = [],
        objects: [ObjectKey] = []
    ) {
        self.permission = permission
        self.actions = actions
        self.prefixes = prefixes
        self.objects = objects
    }

    func check() throws(R2KitError) {
        guard permission != nil || !actions.isEmpty else {
            throw R2KitError(
                .invalidSessionRequest, "session credentials need a permission or actions: set at least one of them")
        }
        for prefix in prefixes {
            guard !prefix.isEmpty, prefix.utf8.count <= ObjectKey.maximumLength,
                !prefix.utf8.contains(where: ASCII.isControl)
            else {
                throw R2KitError(
                    .invalidSessionRequest,
                    "a prefix has 1 to 1024 bytes without control characters; "
                        + "for the whole bucket give no prefix at all")
            }
        }
    }
}
