#if !Delivery
/// The routes of videos, which require the package trait `Delivery`.
@available(*, unavailable, message: "enable the trait: .package(url: …, traits: [\"Delivery\"])")
public enum VideoEndpoints {}
#endif
