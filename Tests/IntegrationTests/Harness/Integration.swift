import Foundation
import Testing

extension Trait where Self == ConditionTrait {
    /// Enables suites that require servers if the environment requests them.
    ///
    /// If it does, a server that can't be started is a failure.
    static var againstServers: Self {
        .enabled(
            if: ProcessInfo.processInfo.environment["R2KIT_INTEGRATION"] == "1",
            "set R2KIT_INTEGRATION=1 to test against real servers")
    }
}
