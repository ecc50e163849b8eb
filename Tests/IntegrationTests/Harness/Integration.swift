import Foundation
import Testing

extension Trait where Self == ConditionTrait {
    /// For every suite that needs a server.
    ///
    /// Whoever asks for these tests gets them: then a server that cannot be had is a failure.
    static var againstServers: Self {
        .enabled(
            if: ProcessInfo.processInfo.environment["R2KIT_INTEGRATION"] == "1",
            "set R2KIT_INTEGRATION=1 to test against real servers")
    }
}
