#if Storage
import Foundation
import TestSupport

/// The executable `storage-process`, built in the same folder as the tests.
enum StorageProcess {
    /// Starts the process with environment variables for `R2Config()`.
    static func start(_ arguments: [String], settings: [String: String]) throws -> RunningProgram {
        try RunningProgram(
            BuiltProgram.path("storage-process"), arguments,
            environment: ProcessInfo.processInfo.environment.merging(settings) { $1 })
    }
}
#endif
