#if Storage
import ArgumentParser
import R2Kit
import R2Storage

/// Deletes objects.
struct RemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm", abstract: "Deletes objects, or aborts an unfinished upload.",
        discussion: "Succeeds even if an object doesn't exist.")

    @Argument(help: "The objects' keys.")
    var keys: [String] = []

    @Option(help: "Delete all objects whose keys have this prefix.")
    var prefix: String?

    @Flag(help: "Delete all objects with the prefix. Without this flag, only list their keys.")
    var yes = false

    @Option(name: .customLong("upload-id"), help: "Abort this upload to the key. To find it, use r2 ls --uploads.")
    var uploadID: String?

    mutating func validate() throws {
        guard keys.isEmpty != (prefix == nil) else { throw ValidationError("Use either keys or --prefix.") }
        guard prefix != "" else {
            throw ValidationError("Invalid --prefix: expected the start of the keys, such as tmp/.")
        }
        guard uploadID == nil || keys.count == 1 else { throw ValidationError("--upload-id requires exactly one key.") }
    }

    func run() async throws {
        try await reportingFailures {
            let client = R2Client(try R2Config())
            if let uploadID, let key = keys.first {
                try await client.abortMultipartUpload(try UploadID(uploadID), key: try ObjectKey(unchecked: key))
            } else if let prefix {
                try await removeAll(prefix, client)
            } else {
                // Unchecked, so that objects with keys that R2Kit rejects can be deleted, too.
                try report(try await client.deleteObjects(keys.map { try ObjectKey(unchecked: $0) }))
            }
        }
    }

    private func removeAll(_ prefix: String, _ client: R2Client) async throws {
        let keys = client.list(prefix: prefix).map(\.key)
        guard yes else {
            var count = 0
            for try await key in keys {
                print(key.rawValue.printable)
                count += 1
            }
            Terminal.write("r2: \(count) objects would be deleted. To delete them, add --yes.")
            return
        }
        let failures = try await client.deleteObjects(keys) { report($0) }
        guard failures == 0 else { throw Failure("\(failures) objects couldn't be deleted.") }
    }

    private func report(_ results: [DeletionResult]) throws {
        for result in results { report(result) }
        let errors = results.compactMap(\.error)
        guard errors.isEmpty else { throw Failure("\(errors.count) objects couldn't be deleted.") }
    }

    private func report(_ result: DeletionResult) {
        let key = result.key.rawValue.printable
        if let error = result.error { Terminal.write("r2: \(key): \(error)") } else { print(key) }
    }
}
#endif
