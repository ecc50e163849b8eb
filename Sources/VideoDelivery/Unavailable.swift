#if !Delivery
/// The uploads of videos, which require the package trait `Delivery`.
@available(*, unavailable, message: "enable the trait: .package(url: …, traits: [\"Delivery\"])")
public enum VideoUploads {}

/// The playback of videos, which requires the package trait `Delivery`.
@available(*, unavailable, message: "enable the trait: .package(url: …, traits: [\"Delivery\"])")
public enum VideoPlayback {}

/// The housekeeping of videos, which requires the package trait `Delivery`.
@available(*, unavailable, message: "enable the trait: .package(url: …, traits: [\"Delivery\"])")
public enum VideoHousekeeping {}
#endif
