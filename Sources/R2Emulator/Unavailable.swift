#if !Emulator
/// R2 on this machine, which requires the package trait `Emulator`.
@available(*, unavailable, message: "enable the trait: .package(url: …, traits: [\"Emulator\"])")
public enum R2Emulator {}
#endif
