#if !Storage
/// Sends R2's operations; it takes the package trait `Storage`.
@available(*, unavailable, message: "enable the trait: .package(url: …, from: …, traits: [\"Storage\"])")
public enum R2Client {}
#endif
