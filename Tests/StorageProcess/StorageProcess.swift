import R2Kit
import R2Storage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Transfers in a separate process, which tests kill or measure.
///
/// `R2Config()` reads the settings from the environment.
@main
struct StorageProcess {
    static let usage = """
        usage: storage-process bucket                  creates the bucket
               storage-process upload FILE KEY TOKEN   uploads in parts of 5 MiB, and stores the resume token in a file
               storage-process load COUNT CONCURRENCY  uploads and downloads small objects, and prints the memory use
               storage-process put FILE KEY            uploads with defaults, and prints the peak memory use
               storage-process get KEY FILE            downloads with defaults, and prints the peak memory use

        """

    static func main() async throws {
        #if Storage
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch (arguments.first, arguments.count) {
        case ("bucket", 1): try await R2Client(try R2Config()).send(CreateBucket())
        case ("upload", 4): try await TokenUpload(file: arguments[1], key: arguments[2], tokenFile: arguments[3]).run()
        case ("load", 3): try await Load(count: Int(arguments[1]) ?? 0, concurrency: Int(arguments[2]) ?? 0).run()
        case ("put", 3): try await WholeTransfer(key: arguments[2]).put(arguments[1])
        case ("get", 3): try await WholeTransfer(key: arguments[1]).get(arguments[2])
        default: fail(usage)
        }
        #else
        fail("storage-process was built without the Storage trait. Build it with --traits Storage.\n")
        #endif
    }

    private static func fail(_ message: String) -> Never {
        print(message, terminator: "")
        exit(2)
    }
}
