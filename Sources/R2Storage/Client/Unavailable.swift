#if !Storage
/// A client for R2, which requires the package trait `Storage`.
@available(*, unavailable, message: "enable the trait: .package(url: …, traits: [\"Storage\"])")
public enum R2Client {}
#endif
