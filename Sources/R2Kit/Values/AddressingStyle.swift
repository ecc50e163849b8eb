/// Where a URL names the bucket.
public enum AddressingStyle: String, Sendable, Hashable {
    /// In the path: `https://host/bucket/key`. Works everywhere, and is the default.
    case path
    /// In the host: `https://bucket.host/key`.
    case virtualHosted
}
