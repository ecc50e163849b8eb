#if Storage
import Foundation
import TestSupport

/// The executable `storage-process`, run beside the tests.
enum StorageProcess {
    /// Starts it with settings as `R2Config()` reads them.
    static func start(_ arguments: [String], settings: [String: String]) throws -> RunningProgram {
        try RunningProgram(
            BuiltProgram.path("storage-process"), arguments,
            environment: ProcessInfo.processInfo.environment.merging(settings) { $1 })
    }
}
#endif
