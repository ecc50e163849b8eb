import Testing

extension Trait where Self == ConditionTrait {
    /// Enables suites that require servers if there is at least one.
    ///
    /// A server that was requested and can't be started is a failure.
    static var againstServers: Self {
        .enabled(
            if: !ServerKind.allCases.isEmpty,
            "set R2KIT_INTEGRATION=1 to test against other servers, or enable the trait Emulator")
    }
}
