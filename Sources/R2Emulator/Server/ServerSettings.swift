#if Emulator
/// The settings that operations need.
struct ServerSettings: Sendable {
    let limits: R2Emulator.Limits
    let behavior: R2Emulator.Behavior
    /// The identifier of the account that owns the buckets.
    let accountID: String
    /// The path before the bucket, without a slash at its end, or nothing.
    let basePath: String
}
#endif
